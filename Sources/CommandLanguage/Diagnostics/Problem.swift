/// Everything that can be wrong with a cell, as data.
///
/// ``Problem/message`` and ``Problem/help`` make the text.
package enum Problem: Error, Sendable {
  // The text does not fit the grammar.
  case syntax(String)
  case unsupported(String, insteadOf: String?)
  case unknownOperator(String)
  case assignmentAsCondition
  case unknownDirective(String, Suggestion?)
  case tooDeeplyNested

  // Names.
  case unknownName(String, Suggestion?)
  case unknownMember(String, of: TypeName, Suggestion?)
  case memberOnType(name: String, type: TypeName)
  case unknownSymbol(String, parameter: String, set: String, names: [String], Suggestion?)
  case unknownTopic(String, Suggestion?)
  case constant(String)
  case readOnlyMember(String, of: TypeName)
  case notAssignable

  // Arguments.
  case unknownParameter(String, of: String, Suggestion?)
  case missingArgument(String, isLabelled: Bool, type: String, of: String)
  case extraArgument(of: String, takes: Int)
  case missingLabel(String, of: String)
  case superfluousLabel(String, of: String)
  case repeatedArgument(String, of: String)
  case argumentOrder(String, before: String, of: String)
  case wrongType(parameter: String, expected: String, found: Value)
  case outOfRange(parameter: String, range: NumberRange, unit: String?, found: Value)
  case argumentCount(of: String, expected: Int, found: Int)

  // Values.
  case operands(String, TypeName, TypeName)
  case operand(String, TypeName)
  case overflow(String)
  case divisionByZero(String)
  case notABool(TypeName)
  case notCallable(String, TypeName)
  case propertyCalled(String)
  case notASequence(TypeName)
  case noSubscript(TypeName)
  case wrongIndex(TypeName, in: TypeName)
  case indexOutOfRange(Int, count: Int)
  case rangeOutOfRange(String, count: Int)
  case invertedRange(String)
  case notARangeBound(TypeName)
  case endlessRange
  case badKey(TypeName)
  case patternCount(expected: Int, found: TypeName)
  case unexpectedNil
  case notConvertible(TypeName, to: String)
  case noMatch(String)
  case noInput(String)
  case notComparable(TypeName, TypeName)
  case emptySequence(String)
  case tooManyElements(limit: Int)

  // Running.
  case tooManyCalls(Int)
  case outOfStack
  case misplaced(String)
  case interrupted
  /// An error of a command.
  case failure(message: String, help: String?)
}

/// A problem and the place that it points at.
struct LocatedProblem: Error {
  let problem: Problem
  let range: SourceRange
  /// The calls through which it came, innermost first, where they stand elsewhere.
  var calls: [SourceRange] = []
}
