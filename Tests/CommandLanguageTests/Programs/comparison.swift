// swift-format-ignore-file
print(1 < 2, 2 <= 2, 3 > 4, 3 >= 4)   // expect: true true false false
print(1 == 1.0, "a" == "a", "a" != "b")   // expect: true true true
print("apple" < "pear")   // expect: true
print([1, 2] == [1, 2], ["a": 1] == ["a": 1])   // expect: true true
print(true && false, true || false, !true)   // expect: false true false
print(nil == nil)   // expect: true
print(false && 1 / 0 == 1)   // expect: false
print((1, "a") < (1, "b"))   // expect: true
// %%
1 == "1"   // expect error: '==' does not work on an Int and a String
// %%
1 < 2 < 3   // expect error: '<' cannot be chained; put parentheses around one side
