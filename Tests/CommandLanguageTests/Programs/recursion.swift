// swift-format-ignore-file
func down(_ n: Int) -> Int { n == 0 ? 0 : 1 + down(n - 1) }
print(down(100))   // expect: 100
// %%
func forever(_ n: Int) -> Int { forever(n + 1) }
forever(0)
// expect error: the calls inside one another need more memory than there is
// expect help: does the function call itself without an end?
// %%
let me = { x in me(x) }
print(down(10))   // expect: 10
