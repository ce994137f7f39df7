// swift-format-ignore-file
let größe = 3
let 名前 = "文字"
print(größe * 2, 名前, 名前.count)   // expect: 6 文字 2
print("👩‍👩‍👧".count, "e\u{301}" == "\u{e9}")   // expect: 1 true
["ключ": "значение"]   // expect: ["ключ": "значение"]
