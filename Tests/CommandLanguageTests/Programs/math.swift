// swift-format-ignore-file
print(abs(-3), abs(-2.5), sqrt(16), pow(2, 0.5))   // expect: 3 2.5 4.0 1.4142135623730951
print(round(2.5), floor(2.7), ceil(2.1), (2.6).rounded())   // expect: 3.0 2.0 3.0 3.0
print(exp(0), log(1), log2(8), log10(1000))   // expect: 1.0 0.0 3.0 3.0
print(12.isMultiple(of: 5), (1.0 / 3).formatted(digits: 3), 2.formatted(digits: 1))   // expect: false 0.333 2.0
print((0.0 / 0).isNaN, 1 / 0.0)   // expect: true inf
// %%
1 / 0   // expect error: division by zero
// %%
5 % 0   // expect error: remainder of a division by zero
// %%
Int.max + 1   // expect error: '+' gives a number that is too large for an Int
// %%
10 ** 30   // expect error: '**' gives a number that is too large for an Int
// %%
sqrt("4")   // expect error: 'x' takes a number, not the String "4"
// %%
99999999999999999999   // expect error: this number is too large for an Int
