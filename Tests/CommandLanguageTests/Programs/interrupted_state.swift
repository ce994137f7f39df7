// swift-format-ignore-file
var kept = [1]
kept.append(2)
let done = "yes"
kept[9] = 1   // expect error: index 9 is out of range: there are 2 elements
let never = 1
// %%
print(kept, done)   // expect: [1, 2] yes
never   // expect error: nothing is called 'never'
