// A joint with its side, as one code that holds both or as a code and the side beside it.
RuleSet: Place(path)
* {path} from HorehabBodySite (extensible)
* {path}.extension contains Laterality named laterality 0..1
* {path}.coding 1..*
* {path}.text 1..1 MS
* {path}.text ^short = "Side and joint in words: left hip"
* {path} obeys horehab-side
