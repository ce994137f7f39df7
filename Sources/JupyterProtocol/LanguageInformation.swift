import JSONValue

/// What a kernel tells front ends about itself and its language, the content of `kernel_info_reply`.
public struct LanguageInformation: Sendable, Equatable {
  /// A link in the front end's Help menu.
  public struct HelpLink: Sendable, Equatable {
    public var text: String
    public var url: String

    public init(text: String, url: String) {
      self.text = text
      self.url = url
    }
  }

  /// The name of the kernel, such as `quill`.
  public var implementation: String
  /// The version of the kernel.
  public var implementationVersion: String
  /// What a console shows at its start.
  public var banner: String
  /// The name of the language, such as `swift`.
  public var name: String
  /// The version of the language.
  public var version: String
  public var mimeType: String
  /// With its period: `.swift`.
  public var fileExtension: String
  /// The lexer that nbconvert and consoles colour code with; the language's name by default.
  public var pygmentsLexer: String?
  /// The mode that editors of notebooks colour code with; the language's name by default.
  public var codeMirrorMode: String?
  public var helpLinks: [HelpLink]

  public init(
    implementation: String, implementationVersion: String, banner: String, name: String, version: String,
    mimeType: String, fileExtension: String, pygmentsLexer: String? = nil, codeMirrorMode: String? = nil,
    helpLinks: [HelpLink] = []
  ) {
    self.implementation = implementation
    self.implementationVersion = implementationVersion
    self.banner = banner
    self.name = name
    self.version = version
    self.mimeType = mimeType
    self.fileExtension = fileExtension
    self.pygmentsLexer = pygmentsLexer
    self.codeMirrorMode = codeMirrorMode
    self.helpLinks = helpLinks
  }

  /// The content of `kernel_info_reply`.
  public var kernelInfoReply: [String: JSONValue] {
    [
      "status": "ok",
      "protocol_version": .string(MessageHeader.protocolVersion),
      "implementation": .string(implementation),
      "implementation_version": .string(implementationVersion),
      "banner": .string(banner),
      "language_info": [
        "name": .string(name),
        "version": .string(version),
        "mimetype": .string(mimeType),
        "file_extension": .string(fileExtension),
        "pygments_lexer": .string(pygmentsLexer ?? name),
        "codemirror_mode": .string(codeMirrorMode ?? name),
      ],
      "help_links": .array(helpLinks.map { ["text": .string($0.text), "url": .string($0.url)] }),
      // Neither a debugger nor subshells: front ends change their behaviour when these are claimed.
      "supported_features": [],
    ]
  }
}
