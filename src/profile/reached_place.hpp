/// Where a network that is profiled has come to, kept in memory that outlives the profiler's process.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace upmem_des {

/// Plain bytes, written as calls begin and read once the writer has ended, however it did. Long names are cut.
class ReachedPlace {
 public:
  enum class Stage : unsigned char {
    Starting,  ///< nothing of the network yet
    Library,   ///< a library of operators is being loaded
    Reading,   ///< the network's file is being read
    Running,
  };

  void set_stage(Stage stage) { stage_ = stage; }
  Stage stage() const { return stage_; }

  void load_library(std::string_view file) {
    library_.set(file);
    stage_ = Stage::Library;
  }
  std::string library() const { return library_.str(); }

  /// Nothing has been called yet.
  void begin_network() {
    path_.set({});
    type_.set({});
    end_call();
  }
  /// A layer's call has begun, with its path (may be empty) and type.
  void begin_layer(std::string_view path, std::string_view type) {
    path_.set(path);
    type_.set(type);
    in_layer_ = true;
    in_function_ = false;
  }
  /// A function's call has begun outside layers.
  void begin_function(std::string_view type) {
    function_.set(type);
    in_function_ = true;
  }
  void end_call() { in_layer_ = in_function_ = false; }

  /// "in layer 'head.0' (Linear)", "in function 'softmax' after layer 'head.0' (Linear)", "after layer …", "while
  /// libtorch read this file"; empty where nothing has begun.
  std::string text() const;

 private:
  template <std::size_t size>
  class Text {
   public:
    void set(std::string_view text) {
      const std::size_t count = text.size() < size ? text.size() : size;
      text.copy(bytes_.data(), count);
      if (count < size) bytes_[count] = '\0';
    }
    /// Whatever the bytes are, no more than there are.
    std::string str() const {
      const std::string_view all(bytes_.data(), size);
      return std::string(all.substr(0, all.find('\0')));
    }

   private:
    std::array<char, size> bytes_{};
  };

  Text<1024> library_;
  Text<256> path_;
  Text<96> type_;
  Text<96> function_;
  Stage stage_ = Stage::Starting;
  bool in_layer_ = false;
  bool in_function_ = false;
};

/// A ReachedPlace in memory that this process shares with those that it starts.
class SharedPlace {
 public:
  /// Throws SimulationError where there is no memory.
  SharedPlace();
  SharedPlace(const SharedPlace&) = delete;
  SharedPlace& operator=(const SharedPlace&) = delete;
  ~SharedPlace();

  /// Not inherited by programs that are started.
  int descriptor() const { return descriptor_; }
  const ReachedPlace& place() const { return *place_; }

 private:
  int descriptor_ = -1;
  ReachedPlace* place_ = nullptr;
};

/// The place of this process, which whoever runs a network keeps up.
ReachedPlace& reached_place();

/// From here on reached_place() is the one that `descriptor`, of a SharedPlace, is of. False where it is of none.
bool share_place(int descriptor);

}  // namespace upmem_des
