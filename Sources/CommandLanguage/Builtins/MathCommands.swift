import Foundation

/// Functions of numbers: `sqrt`, `exp`, `round`, `min` and the like.
enum MathCommands {
  static let all: [Command] =
    [
      function("sqrt", "The square root.", example: "sqrt(2)", sqrt),
      function("exp", "e to the power of a number.", example: "exp(1)", exp),
      function("log", "The natural logarithm.", example: "log(10)", log),
      function("log2", "The logarithm to base 2.", example: "log2(8)", log2),
      function("log10", "The logarithm to base 10.", example: "log10(1000)", log10),
      function("sin", "The sine of an angle in radians.", example: "sin(0.5)", sin),
      function("cos", "The cosine of an angle in radians.", example: "cos(0.5)", cos),
      function("tan", "The tangent of an angle in radians.", example: "tan(0.5)", tan),
      function("tanh", "The hyperbolic tangent.", example: "tanh(0.5)", tanh),
      function("round", "The nearest whole number, as a Double; halves go away from zero.", example: "round(2.5)") {
        $0.rounded()
      },
      function("floor", "The next whole number below, as a Double.", example: "floor(2.5)", floor),
      function("ceil", "The next whole number above, as a Double.", example: "ceil(2.5)", ceil),
      absolute, power, extremum("min", "least", .less), extremum("max", "greatest", .greater),
    ] + members

  private static func function(
    _ name: String, _ summary: String, example: String, _ body: @escaping @Sendable (Double) -> Double
  ) -> Command {
    .function(name, [.unlabelled("x", .double, "A number.")], returns: .double, summary, example: example) { call in
      .double(body(call.double("x")))
    }
  }

  private static let absolute = Command.function(
    "abs", [.unlabelled("x", .oneOf([.int, .double]), "A number.")], returns: .double, "A number without its sign.",
    example: "abs(-3)"
  ) { call in
    guard let number = call.value("x").int else { return .double(abs(call.double("x"))) }
    guard number != .min else { throw Problem.overflow("abs") }
    return .int(abs(number))
  }

  private static let power = Command.function(
    "pow", [.unlabelled("base", .double, "A number."), .unlabelled("exponent", .double, "The power to raise it to.")],
    returns: .double, "A number to a power, as a Double; `2 ** 3` keeps whole numbers whole.", example: "pow(2, 0.5)"
  ) { call in
    .double(pow(call.double("base"), call.double("exponent")))
  }

  private static func extremum(_ name: String, _ adjective: String, _ order: BinaryOperator) -> Command {
    .function(
      name, [.variadic("values", .any, "Numbers or texts, or one array of them.")], returns: .any,
      "The \(adjective) of several values.", example: "\(name)(3, 1, 2)"
    ) { call in
      let values = call.array("values")
      let candidates = values.count == 1 ? try values[0].elements() : values
      guard let result = try SequenceCommands.extremum(of: candidates, order) else { throw Problem.emptySequence(name) }
      return result
    }
  }

  // MARK: - Members of numbers

  private static let members: [Command] = [
    .method("rounded", on: "Double", [], returns: .double, "The nearest whole number, as a Double.") {
      .double(($0.receiver.number ?? 0).rounded())
    },
    .method("squareRoot", on: "Double", [], returns: .double, "The square root.") {
      .double(($0.receiver.number ?? 0).squareRoot())
    },
    .property("isNaN", on: "Double", returns: .bool, "Whether it is not a number, as 0.0 / 0.0 is.") {
      .bool($0.number?.isNaN ?? false)
    },
    .method(
      "isMultiple", on: "Int", [.labelled("of", .int, "The divisor.")], returns: .bool,
      "Whether a number divides this one without remainder.", example: "12.isMultiple(of: 3)"
    ) { call in
      .bool((call.receiver.int ?? 0).isMultiple(of: call.int("of")))
    },
    .method(
      "formatted", on: "Number", [.labelled("digits", .int, default: 2, in: 0...17, "Digits behind the point.")],
      returns: .string, "The number as text with a fixed number of decimals.",
      example: "let third = 1.0 / 3\nthird.formatted(digits: 3)"
    ) { call in
      .string(String(format: "%.\(call.int("digits"))f", call.receiver.number ?? 0))
    },
    constant("pi", of: "Double", .double(.pi), "The circle's circumference over its diameter."),
    constant("infinity", of: "Double", .double(.infinity), "Larger than any number."),
    constant("nan", of: "Double", .double(.nan), "Not a number."),
    constant("max", of: "Int", .int(.max), "The largest Int."),
    constant("min", of: "Int", .int(.min), "The smallest Int."),
  ]

  private static func constant(_ name: String, of type: String, _ value: Value, _ summary: String) -> Command {
    .property(name, on: TypeName("\(type).Type"), returns: TypeName(type), summary, example: "\(type).\(name)") { _ in
      value
    }
  }
}
