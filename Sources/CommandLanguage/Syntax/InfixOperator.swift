/// An operator between two operands, with the precedence that Swift gives it.
enum InfixOperator {
  case assignment
  case compound(BinaryOperator)
  /// `? :`, with what stands between.
  case ternary(Expression)
  case logical(LogicalOperator)
  case range(isClosed: Bool)
  case binary(BinaryOperator)

  init?(_ text: String) {
    switch text {
    case "...": self = .range(isClosed: true)
    case "..<": self = .range(isClosed: false)
    default:
      if let name = BinaryOperator(rawValue: text) {
        self = .binary(name)
      } else if let name = LogicalOperator(rawValue: text) {
        self = .logical(name)
      } else if text.hasSuffix("="), let name = BinaryOperator(rawValue: String(text.dropLast())) {
        self = .compound(name)
      } else {
        return nil
      }
    }
  }

  /// How tightly it binds.
  ///
  /// The order is that of Swift's standard library; `**` binds more tightly than `*`.
  var precedence: Int {
    switch self {
    case .assignment, .compound: 1
    case .ternary: 2
    case .logical(.or): 3
    case .logical(.and): 4
    case .binary(.equal), .binary(.notEqual), .binary(.less), .binary(.lessOrEqual), .binary(.greater),
      .binary(.greaterOrEqual):
      5
    case .logical(.coalesce): 6
    case .range: 7
    case .binary(.add), .binary(.subtract): 8
    case .binary(.multiply), .binary(.divide), .binary(.remainder): 9
    case .binary(.power): 10
    }
  }

  var isRightAssociative: Bool {
    switch self {
    case .assignment, .compound, .ternary, .logical(.coalesce), .binary(.power): true
    default: false
    }
  }

  /// Whether it cannot be chained, as in `a < b < c`.
  var isNonAssociative: Bool { precedence == 5 || precedence == 7 }

  var text: String {
    switch self {
    case .assignment: "="
    case .compound(let name): name.rawValue + "="
    case .ternary: "?"
    case .logical(let name): name.rawValue
    case .range(let isClosed): isClosed ? "..." : "..<"
    case .binary(let name): name.rawValue
    }
  }
}
