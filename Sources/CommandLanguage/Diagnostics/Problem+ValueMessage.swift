extension Problem {
  /// What is wrong with a value.
  var valueMessage: String {
    switch self {
    case .operands(let name, let left, let right): "'\(name)' does not work on \(left.phrase) and \(right.phrase)"
    case .operand(let name, let type): "'\(name)' does not work on \(type.phrase)"
    case .overflow(let name): "'\(name)' gives a number that is too large for an Int"
    case .divisionByZero(let name): name == "%" ? "remainder of a division by zero" : "division by zero"
    case .notABool(let type): "a condition must be true or false, this is \(type.phrase)"
    case .notCallable(let name, let type): "'\(name)' cannot be called: it is \(type.phrase)"
    case .propertyCalled(let name): "'\(name)' is a property and is read without parentheses"
    case .notASequence(let type): "\(type.phrase) has no elements to go through"
    case .noSubscript(let type): "\(type.phrase) has no elements in square brackets"
    case .wrongIndex(let index, let type): "\(type.phrase) cannot be indexed with \(index.phrase)"
    case .indexOutOfRange(let index, 0): "index \(index) is out of range: there are no elements"
    case .indexOutOfRange(let index, let count):
      "index \(index) is out of range: there \(count == 1 ? "is 1 element" : "are \(count) elements")"
    case .rangeOutOfRange(let range, let count):
      "\(range) is out of range: there \(count == 1 ? "is 1 element" : "are \(count) elements")"
    case .invertedRange(let range): "the range \(range) ends before it begins"
    case .notARangeBound(let type): "a range goes from number to number, this is \(type.phrase)"
    case .endlessRange: "a range without an end cannot be gone through"
    case .badKey(let type): "\(type.phrase) cannot be the key of a dictionary"
    case .patternCount(let expected, let found): "\(expected) names cannot be given to \(found.phrase)"
    case .unexpectedNil: "this is nil where a value is needed"
    case .notConvertible(let type, let target): "\(type.phrase) does not fit the type \(target)"
    case .noMatch(let value): "no case fits \(value)"
    case .noInput(let name): "'\(name)' has no value yet"
    case .notComparable(let left, let right): "\(left.phrase) and \(right.phrase) cannot be put in order"
    case .tooManyElements(let limit): "this would make an array of more than \(limit) elements"
    case .emptySequence(let name): "'\(name)' needs at least one element"
    default: ""
    }
  }
}
