ValueSet: HorehabJointMotion
Id: horehab-joint-motion
Title: "Motions of joints"
Description: "Every motion of every joint that is measured."
* ^experimental = false
* include codes from system $JointMotion
