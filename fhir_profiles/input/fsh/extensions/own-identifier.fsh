Extension: OwnIdentifier
Id: own-identifier
Title: "An identifier where the resource has no element for one"
Description: "By this a Provenance of ours is recognised when it comes back."
* ^context[0].type = #element
* ^context[0].expression = "Provenance"
* value[x] 1..1
* value[x] only Identifier
