RuleSet: OwnCodes
* ^experimental = false
* ^caseSensitive = true
* ^content = #complete
