/// The version of the program and of its command language.
enum Version {
  static let current = "0.1.0"
}
