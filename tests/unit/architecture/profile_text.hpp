/// Architecture files made from a good profile by changing figures.
#pragma once

#include <string>
#include <utility>
#include <vector>

/// A profile's lines. Values are YAML.
class ProfileText {
 public:
  /// The four required figures and the four energies.
  ProfileText();

  ProfileText& set(const std::string& key, const std::string& value);
  ProfileText& remove(const std::string& key);
  /// The profile under a name, on lines 1 to 9.
  std::string str(const std::string& name = "DEV") const;
  std::vector<std::string> keys() const;

 private:
  std::vector<std::pair<std::string, std::string>> figures_;
};

/// The message of the InputError that reading a file with the text gives, with the path as "F"; or "no error".
std::string reading_error(const std::string& text);
