/// The page of charts, without data.
#pragma once

#include <string_view>

namespace upmem_des {

/// False where this program was built without UPMEM_DES_PAGE.
bool has_page();

/// A whole HTML document, made by scripts/build-page of src/page/web. `page_title_mark` and `page_data_mark` occur in
/// it once each, in this order. Empty where has_page() is false.
std::string_view page_template();

/// Stands where the text of the document's title belongs.
inline constexpr std::string_view page_title_mark = "@@UPMEM_DES_TITLE@@";
/// Stands where the page's data belong, JSON in a script element that is not run.
inline constexpr std::string_view page_data_mark = "@@UPMEM_DES_DATA@@";

}  // namespace upmem_des
