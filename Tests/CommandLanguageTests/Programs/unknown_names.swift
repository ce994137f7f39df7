// swift-format-ignore-file
let learning = 1
lerning   // expect error: nothing is called 'lerning'
// expect help: did you mean 'learning'?
// %%
pritn("a")   // expect error: nothing is called 'pritn'
// expect help: did you mean 'print'?
// %%
from_pretrained("x")   // expect error: nothing is called 'from_pretrained'
// expect help: did you mean 'load'? HF calls it 'from_pretrained'
// %%
[1].cuont   // expect error: an array of Int has no 'cuont'
// expect help: did you mean 'count'?
// %%
zzz   // expect error: nothing is called 'zzz'
// expect help: declare it with 'let zzz = …', or see help()
// %%
3.foo   // expect error: an Int has no 'foo'
// expect help: help(Int) lists what it has
// %%
let print2 = 4
print2(3)   // expect error: 'print2' cannot be called: it is an Int
// %%
(1 + 2)(3)   // expect error: 'this' cannot be called: it is an Int
// %%
len([1])   // expect error: nothing is called 'len'
// expect help: did you mean 'count'? Python calls it 'len'
// %%
None   // expect error: nothing is called 'None'
// expect help: did you mean 'nil'? Python calls it 'None'
// %%
True   // expect error: nothing is called 'True'
// expect help: did you mean 'true'?
// %%
Array(0..<1_000_000_000)   // expect error: this would make an array of more than 20000000 elements
