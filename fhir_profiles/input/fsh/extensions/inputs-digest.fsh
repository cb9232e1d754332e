Extension: InputsDigest
Id: inputs-digest
Title: "What was read, condensed"
Description: "The hexadecimal SHA-256 of every reading, rating, sign, laboratory value and exposure that was known that day. `horehab explain PATIENT --as-of DATE --json` gives it anew: the same digest means the same inputs, and by the same rule version the same verdict; another one, that an entry was amended since."
* ^context[0].type = #element
* ^context[0].expression = "Provenance"
* value[x] 1..1
* value[x] only string
