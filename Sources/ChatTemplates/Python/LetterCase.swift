/// Python's `str` methods about upper and lower case.
extension Text {
  private func mapped(_ mapping: (Int, Unicode.Scalar) -> String) -> Text {
    var result = Text(isMarkup: isMarkup)
    result.scalars.reserveCapacity(count)
    for (index, scalar) in scalars.enumerated() {
      if scalar.isASCII && !scalar.properties.isCased {
        result.scalars.append(scalar)
      } else {
        result.append(mapping(index, scalar))
      }
    }
    return result
  }

  var uppercased: Text { mapped { $1.properties.uppercaseMapping } }
  var lowercased: Text { mapped { lowercase($1, at: $0) } }

  var swappedCase: Text {
    mapped { index, scalar in
      if scalar.properties.isUppercase { return lowercase(scalar, at: index) }
      return scalar.properties.isLowercase ? scalar.properties.uppercaseMapping : String(scalar)
    }
  }

  /// The first character in title case, all others in lower case.
  var capitalized: Text { mapped { $0 == 0 ? $1.properties.titlecaseMapping : lowercase($1, at: $0) } }

  /// Each run of letters as ``capitalized``.
  var titlecased: Text {
    var isInWord = false
    return Text(
      scalars.enumerated().flatMap { index, scalar in
        let mapping = isInWord ? lowercase(scalar, at: index) : scalar.properties.titlecaseMapping
        isInWord = scalar.properties.isCased
        return Array(mapping.unicodeScalars)
      }, isMarkup: isMarkup)
  }

  /// A Greek sigma has another small letter at the end of a word.
  private func lowercase(_ scalar: Unicode.Scalar, at index: Int) -> String {
    guard scalar == "Σ" else { return scalar.properties.lowercaseMapping }
    let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
    let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
    return before?.properties.isCased == true && after?.properties.isCased != true ? "ς" : "σ"
  }

  private var isTitlecase: (Unicode.Scalar) -> Bool { { $0.properties.generalCategory == .titlecaseLetter } }

  var isLowercase: Bool {
    scalars.contains { $0.properties.isLowercase }
      && !scalars.contains { $0.properties.isUppercase || isTitlecase($0) }
  }

  var isUppercase: Bool {
    scalars.contains { $0.properties.isUppercase }
      && !scalars.contains { $0.properties.isLowercase || isTitlecase($0) }
  }

  var isTitlecased: Bool {
    var isInWord = false
    var hasWord = false
    for scalar in scalars {
      if scalar.properties.isUppercase || isTitlecase(scalar) {
        if isInWord { return false }
        (isInWord, hasWord) = (true, true)
      } else if scalar.properties.isLowercase {
        if !isInWord { return false }
      } else {
        isInWord = false
      }
    }
    return hasWord
  }
}
