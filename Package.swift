// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let swiftCrypto = Package.Dependency.package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

// Arrows point down only: a target knows those below it and none above.
let package = Package(
  name: "quill",
  products: [
    .executable(name: "quill", targets: ["quill"]),
    .library(name: "JupyterKernel", targets: ["JupyterKernel", "JupyterProtocol", "JSONValue"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    swiftCrypto,
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    // The version of the compiler's own parser: 603 is Swift 6.3.
    .package(url: "https://github.com/swiftlang/swift-syntax", exact: "603.0.1"),
  ],
  targets: [
    // The program: arguments and wiring.
    .executableTarget(
      name: "quill",
      dependencies: [
        "Commands", "CommandLanguage", "JupyterKernel", "JupyterProtocol", "FineTuning", "LanguageModels",
        "Tokenization", "Datasets", "Hub", "ModelFiles", "Quantization", "TensorCore", "JSONValue", logging,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    // Jupyter. Knows no language and no model.
    .target(
      name: "JupyterKernel", dependencies: ["JupyterProtocol", "JSONValue", "CZeroMQ", logging],
      exclude: ["README.md"], swiftSettings: settings),
    .target(name: "JupyterProtocol", dependencies: ["JSONValue", crypto], swiftSettings: settings),

    // The one room where the language and the engine meet.
    .target(
      name: "Commands",
      dependencies: [
        "CommandLanguage", "Figures", "FineTuning", "Generation", "LanguageModels", "Datasets", "Hub", "Tokenization",
        "ChatTemplates", "ModelFiles", "Quantization", "TensorCore", "JSONValue",
      ],
      exclude: ["README.md"], swiftSettings: settings),
    .target(
      name: "CommandLanguage",
      dependencies: [
        "JSONValue",
        .product(name: "SwiftDiagnostics", package: "swift-syntax"),
        .product(name: "SwiftParser", package: "swift-syntax"),
        .product(name: "SwiftParserDiagnostics", package: "swift-syntax"),
        .product(name: "SwiftSyntax", package: "swift-syntax"),
      ],
      exclude: ["README.md"], swiftSettings: settings),
    .target(
      name: "Figures", dependencies: ["CCairo", "JSONValue"], exclude: ["README.md"], swiftSettings: settings),

    // The engine.
    .target(
      name: "FineTuning",
      dependencies: [
        "LanguageModels", "Datasets", "ChatTemplates", "Tokenization", "ModelFiles", "Quantization", "TensorCore",
        "CTensorKernels", "JSONValue",
      ],
      exclude: ["README.md"], swiftSettings: settings),
    .target(
      name: "Generation", dependencies: ["LanguageModels", "Tokenization", "ChatTemplates", "TensorCore"],
      exclude: ["README.md"],
      swiftSettings: settings),
    .target(
      name: "LanguageModels",
      dependencies: ["Tokenization", "ModelFiles", "Quantization", "TensorCore", "CTensorKernels", "JSONValue"],
      exclude: ["README.md"], swiftSettings: settings),
    .target(
      name: "Datasets", dependencies: ["CSnappy", "CZlib", "CZstd", "TensorCore", "JSONValue", crypto],
      exclude: ["README.md"], swiftSettings: settings),
    .target(name: "Hub", dependencies: ["JSONValue", crypto], exclude: ["README.md"], swiftSettings: settings),
    .target(name: "ChatTemplates", dependencies: ["JSONValue"], exclude: ["README.md"], swiftSettings: settings),
    .target(
      name: "Tokenization", dependencies: ["ModelFiles", "JSONValue"], exclude: ["README.md"], swiftSettings: settings),
    .target(
      name: "ModelFiles", dependencies: ["Quantization", "TensorCore", "JSONValue"], exclude: ["README.md"],
      swiftSettings: settings),
    .target(
      name: "Quantization", dependencies: ["TensorCore", "CTensorKernels"], exclude: ["README.md"],
      swiftSettings: settings),
    .target(
      name: "TensorCore", dependencies: ["CTensorKernels", "COpenBLAS"], exclude: ["README.md"], swiftSettings: settings
    ),
    .target(name: "CTensorKernels"),
    .target(name: "JSONValue", swiftSettings: settings),

    // System libraries.
    .systemLibrary(name: "CZeroMQ", pkgConfig: "libzmq", providers: [.apt(["libzmq3-dev"])]),
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CSnappy", pkgConfig: "snappy", providers: [.apt(["libsnappy-dev"])]),

    // Tests mirror the targets.
    .testTarget(
      name: "QuillTests", dependencies: ["quill", "CommandLanguage", "TestSupport", "JSONValue"],
      swiftSettings: settings),
    .target(
      name: "TestSupport", dependencies: ["ModelFiles", "TensorCore", "JSONValue", crypto], path: "Tests/TestSupport",
      swiftSettings: settings),
    .testTarget(name: "JSONValueTests", dependencies: ["JSONValue"], swiftSettings: settings),
    .testTarget(
      name: "JupyterProtocolTests", dependencies: ["JupyterProtocol", "JSONValue"], swiftSettings: settings),
    .testTarget(
      name: "JupyterKernelTests", dependencies: ["JupyterKernel", "JupyterProtocol", "JSONValue", "CZeroMQ", logging],
      swiftSettings: settings),
    .testTarget(
      name: "CommandLanguageTests", dependencies: ["CommandLanguage", "JSONValue"], exclude: ["Programs"],
      swiftSettings: settings),
    .testTarget(
      name: "CommandsTests",
      dependencies: [
        "Commands", "CommandLanguage", "FineTuning", "Generation", "LanguageModels", "Datasets", "Hub", "Tokenization",
        "ChatTemplates", "ModelFiles", "Quantization", "TensorCore", "TestSupport", "JSONValue",
      ],
      swiftSettings: settings),
    .testTarget(name: "FiguresTests", dependencies: ["Figures", "JSONValue"], swiftSettings: settings),
    .testTarget(
      name: "FineTuningTests",
      dependencies: [
        "FineTuning", "LanguageModels", "ChatTemplates", "Tokenization", "Datasets", "Quantization", "ModelFiles",
        "TensorCore", "TestSupport", "JSONValue",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "LanguageModelsTests",
      dependencies: [
        "LanguageModels", "Tokenization", "Quantization", "ModelFiles", "TensorCore", "TestSupport", "JSONValue",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "ModelFilesTests",
      dependencies: [
        "ModelFiles", "LanguageModels", "Tokenization", "Quantization", "TensorCore", "TestSupport", "JSONValue",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "SamplingTests",
      dependencies: [
        "Generation", "LanguageModels", "Tokenization", "ModelFiles", "TensorCore", "TestSupport", "JSONValue",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "DatasetsTests", dependencies: ["Datasets", "TensorCore", "JSONValue", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "TokenizationTests",
      dependencies: ["Tokenization", "ModelFiles", "TensorCore", "TestSupport", "JSONValue"], swiftSettings: settings),
    .testTarget(
      name: "ChatTemplatesTests", dependencies: ["ChatTemplates", "JSONValue", "TestSupport"], swiftSettings: settings),
    .testTarget(name: "HubTests", dependencies: ["Hub", "TestSupport", "JSONValue", crypto], swiftSettings: settings),
    .testTarget(
      name: "FuzzTests",
      dependencies: [
        "LanguageModels", "ModelFiles", "Quantization", "Tokenization", "ChatTemplates", "Datasets", "Hub",
        "TensorCore",
        "TestSupport", "JSONValue",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "RandomTests", dependencies: ["TensorCore", "TestSupport", "JSONValue"], swiftSettings: settings),
    .testTarget(
      name: "QuantizationTests",
      dependencies: ["Quantization", "ModelFiles", "TensorCore", "TestSupport", "JSONValue"],
      swiftSettings: settings),
    .testTarget(name: "TensorCoreTests", dependencies: ["TensorCore", "CTensorKernels"], swiftSettings: settings),
  ]
)

// For `make sanitize`: the engine and its tests alone, without swift-syntax, of which each sanitizer would need its own build.
if Context.environment["QUILL_ENGINE_ONLY"] == "1" {
  let above = ["quill", "Quill", "Command", "Figures", "Jupyter", "CCairo", "CZeroMQ"]
  package.products = []
  package.dependencies = [swiftCrypto]
  package.targets.removeAll { target in above.contains(where: target.name.hasPrefix) }
}
