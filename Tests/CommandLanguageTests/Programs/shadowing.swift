// swift-format-ignore-file
let load = 3
print(load)   // expect: 3
load("toy")   // expect: Model(f32)
// %%
let print = { x in x + 1 }
print(1)   // expect: 2
