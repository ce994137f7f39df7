// swift-format-ignore-file
print(1 + 2 * 3)           // expect: 7
print(7 / 2, 7 % 3, -7 / 2)  // expect: 3 1 -3
print(2 ** 10, 2 ** 3 ** 2)  // expect: 1024 512
print(2 ** -1)             // expect: 0.5
print(7.0 / 2)             // expect: 3.5
print(1 + 0.5)             // expect: 1.5
let whole = 3
let part = 0.25
print(whole * part)        // expect: 0.75
print(5.5 % 2)             // expect: 1.5
print(-3 + +2)             // expect: -1
print((1 + 2) * 3)         // expect: 9
print(1e3, 2e-4, 1_000_000, 0xff, 0b101)  // expect: 1000.0 0.0002 1000000 255 5
print(10 - 3 - 2)          // expect: 5
0.1 + 0.2                  // expect: 0.30000000000000004
