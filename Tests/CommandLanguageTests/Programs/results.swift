// swift-format-ignore-file
1 + 1; 2 + 2   // expect: 4
// %%
let quiet = 3
// %%
var z = 1
z += 1
// %%
if true { 5 }
print("no result")   // expect: no result
// %%
nil   // expect: nil
// %%
// only a comment
// %%
(1, 2)   // expect: (1, 2)
// %%
-0.0   // expect: -0.0
