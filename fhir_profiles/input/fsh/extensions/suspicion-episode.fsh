Extension: SuspicionEpisode
Id: suspicion-episode
Title: "The episode of this joint"
Description: "Counted from 1: after a suspicion was refuted or came to an end, a later one of the same joint is the next episode."
* ^context[0].type = #element
* ^context[0].expression = "Condition"
* value[x] 1..1
* value[x] only integer
