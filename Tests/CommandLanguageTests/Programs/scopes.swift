// swift-format-ignore-file
var x = 1
if true {
  let x = 2
  print(x)   // expect: 2
}
print(x)   // expect: 1
for i in 0..<1 { x += 10 }
print(x)   // expect: 11
func change() { x = 5 }
change()
print(x)   // expect: 5
// %%
let x = "replaced"
x   // expect: "replaced"
// %%
i   // expect error: nothing is called 'i'
// %%
let later: Int
later = 4
print(later)   // expect: 4
later = 5   // expect error: 'later' cannot be changed: it was declared with 'let'
// %%
var waiting: Int
waiting + 1   // expect error: 'waiting' has no value yet
