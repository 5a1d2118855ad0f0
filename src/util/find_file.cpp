#include "upmem_des/util/find_file.hpp"

#include <filesystem>
#include <vector>

#include "upmem_des/util/data_folder.hpp"
#include "upmem_des/util/error.hpp"
#include "util/harmless_text.hpp"
#include "util/regular_file.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace fs = std::filesystem;

namespace {

/// Where the program's own files of a kind are.
struct Shipped {
  std::vector<const char*> folders;  ///< of the data folder, the first choice first; those of the kind are in the last
  const char* ending;                ///< that may be left out
  const char* without;               ///< a folder in there with others
};

const Shipped& shipped(FileKind kind) {
  static const Shipped scenarios{{"scenarios"}, ".yaml", "sweeps"},
      models{{"scenarios", "scenarios/models"}, ".json", ""}, platforms{{"platforms"}, ".yaml", ""},
      others{{"scenarios"}, "", ""};
  switch (kind) {
    case FileKind::scenario:
      return scenarios;
    case FileKind::model:
      return models;
    case FileKind::platform:
      return platforms;
    case FileKind::other:
      break;
  }
  return others;
}

/// Where a path may lead, the first choice first; an absolute one as it is.
std::vector<fs::path> places_of(const fs::path& wanted, const std::string& beside, const Shipped& kind) {
  if (wanted.is_absolute()) return {wanted};
  const fs::path data = data_folder();
  std::vector<fs::path> places{fs::path(beside) / wanted};
  for (const char* folder : kind.folders) places.push_back(data / folder / wanted);
  places.push_back(data / wanted);
  for (fs::path& place : places) place = place.lexically_normal();
  return places;
}

/// A folder of the program's own is none of its files, but for a model's.
bool is_shipped_file(const fs::path& place) {
  std::error_code error;
  return fs::is_regular_file(place, error) || fs::is_regular_file(place / "config.json", error);
}

bool leads_somewhere(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

/// One of the program's own, spelt nearly so, or so in another folder. Endings are no part of the likeness.
std::string did_you_mean_shipped(const fs::path& path, const Shipped& kind) {
  const bool has_ending = path.extension() == kind.ending;
  const std::string wanted = has_ending ? fs::path(path).replace_extension().string() : path.string();
  // Two changes make any short name another one.
  const std::size_t most_edits = wanted.size() < 5 ? 1 : wanted.size();
  std::vector<std::string> names, last_parts;
  for (const std::string& file : data_files_below(kind.folders.back(), kind.ending, kind.without)) {
    names.push_back(fs::path(file).replace_extension().string());
    last_parts.push_back(fs::path(names.back()).filename().string());
  }
  std::string meant = nearest(wanted, names, most_edits);
  const std::string last = nearest(wanted, last_parts, most_edits);
  for (std::size_t i = 0; i < names.size() && !last.empty() && (meant.empty() || last == wanted); ++i)
    if (last_parts[i] == last) meant = names[i];
  return meant.empty() ? "" : "; did you mean '" + one_line(meant + (has_ending ? kind.ending : "")) + "'?";
}

}  // namespace

std::string find_data_file(const std::string& path, const std::string& beside, FileKind kind) {
  const Shipped& own = shipped(kind);
  const std::vector<fs::path> places = places_of(path, beside, own);
  if (leads_somewhere(places.front())) return places.front().string();
  for (const char* ending : {"", own.ending})
    for (const fs::path& place : places)
      if (const fs::path found = place.string() + ending; is_shipped_file(found)) return found.string();
  return places.front().string();
}

std::string similar_data_file(const std::string& path, const std::string& beside, FileKind kind) {
  const Shipped& own = shipped(kind);
  const std::vector<fs::path> places = places_of(path, beside, own);
  std::string meant = did_you_mean_file(places.front().string());
  if (meant.empty() && *own.ending != '\0') {
    meant = did_you_mean_file(places.front().string() + own.ending);
    if (meant.empty() && places.size() > 1) meant = did_you_mean_shipped(path, own);
  }
  for (std::size_t i = 1; i < places.size() && meant.empty(); ++i) meant = did_you_mean_file(places[i].string());
  return meant;
}

std::string find_named_file(const std::string& path, FileKind kind) {
  std::error_code error;
  if (path == "-" || fs::exists(path, error)) return path;
  if (std::string found = find_data_file(path, ".", kind); leads_somewhere(found)) return found;
  if (fs::status(path, error).type() == fs::file_type::none)
    expect_regular_file(path, "");  // says why it cannot be told
  throw InputError({path}, "no such file" + similar_data_file(path, ".", kind));
}

}  // namespace upmem_des
