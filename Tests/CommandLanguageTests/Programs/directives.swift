var x = 1
%reset
x   // expect error: nothing is called 'x'
// %%
let text = """
%time stays
"""
text   // expect: "%time stays"
// %%
%tme 1   // expect error: there is no notebook command '%tme'
// %%
%time let y = (1...10).map {
  $0 * 2
}
y.sum()   // expect: 110
// %%
%time 1 + 1   // expect: 2
// %%
let a = 7
  % 4
a   // expect: 3
