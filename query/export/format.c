#include "format.h"

const struct export_format *export_format_find(const char *name)
{
    static const struct export_format *const formats[] = {&export_parquet, &export_ndjson, &export_csv, NULL};
    const struct export_format *const *format = formats;
    while (*format && strcmp((*format)->name, name) != 0)
        format++;
    return *format;
}
