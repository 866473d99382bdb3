#include "hooktrail/time.h"

#include <time.h>

#include "hooktrail/encode.h"

/* Day numbers of 0001-01-01 and 9999-12-31: what RFC 3339 can write, less its year 0000. */
#define FIRST_DAY INT64_C(-719162)
#define LAST_DAY INT64_C(2932896)
#define FIRST_TIME (FIRST_DAY * HT_DAY)
#define LAST_TIME (LAST_DAY * HT_DAY + HT_DAY - 1)

struct civil_date {
    int year, month, day; /* month and day from 1 */
};

static const int days_before_month[13] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * HT_SECOND + now.tv_nsec / 1000;
}

int64_t ht_time_now(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t ht_time_steady(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

static bool is_leap_year(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from the start of the year to the start of the month; month 13 is the next year's January. */
static int month_start(int year, int month)
{
    return days_before_month[month - 1] + (month > 2 && is_leap_year(year) ? 1 : 0);
}

static int days_in_month(int year, int month)
{
    return month_start(year, month + 1) - month_start(year, month);
}

/* Day number of a year's first day, proleptic Gregorian; year from 1. */
static int64_t year_start(int year)
{
    int64_t past = year - 1;
    return FIRST_DAY + past * 365 + past / 4 - past / 100 + past / 400;
}

static int64_t day_of(struct civil_date date)
{
    return year_start(date.year) + month_start(date.year, date.month) + date.day - 1;
}

/* `day` must lie within FIRST_DAY and LAST_DAY. */
static struct civil_date date_of(int64_t day)
{
    /* 400 years have 146,097 days; the guess is right or one too small. */
    int year = (int)((day - FIRST_DAY) * 400 / 146097) + 1;
    if (year_start(year + 1) <= day) year++;
    int rest = (int)(day - year_start(year));
    int month = 1;
    while (month_start(year, month + 1) <= rest)
        month++;
    return (struct civil_date){year, month, rest - month_start(year, month) + 1};
}

/* Takes exactly `digits` digits off the front of *text as a number, or -1. */
static int take_digits(struct ht_slice *text, size_t digits)
{
    if (text->size < digits) return -1;
    int value = 0;
    for (size_t i = 0; i < digits; i++) {
        if (text->data[i] < '0' || text->data[i] > '9') return -1;
        value = value * 10 + (text->data[i] - '0');
    }
    text->data += digits;
    text->size -= digits;
    return value;
}

/* Takes one byte off the front if it is `wanted`, in either case when it is a letter. */
static bool take_byte(struct ht_slice *text, char wanted)
{
    if (text->size == 0) return false;
    char c = text->data[0];
    if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
    if (c != wanted) return false;
    text->data++;
    text->size--;
    return true;
}

static bool take_date(struct ht_slice *text, int64_t *day)
{
    struct civil_date date;
    if ((date.year = take_digits(text, 4)) < 1 || !take_byte(text, '-')) return false;
    if ((date.month = take_digits(text, 2)) < 1 || date.month > 12 || !take_byte(text, '-')) return false;
    if ((date.day = take_digits(text, 2)) < 1 || date.day > days_in_month(date.year, date.month)) return false;
    *day = day_of(date);
    return true;
}

/* ".123": at least one digit, those beyond microseconds cut off. No point is no fraction. */
static bool take_fraction(struct ht_slice *text, int64_t *micros)
{
    *micros = 0;
    if (!take_byte(text, '.')) return true;
    int64_t unit = HT_SECOND;
    int digit = take_digits(text, 1);
    if (digit < 0) return false;
    for (; digit >= 0; digit = take_digits(text, 1)) {
        unit /= 10;
        *micros += unit * digit;
    }
    return true;
}

/* "Z", "+hh:mm" or "-hh:mm", in minutes east of Greenwich. */
static bool take_offset(struct ht_slice *text, int *minutes)
{
    *minutes = 0;
    if (take_byte(text, 'Z')) return true;
    int sign = take_byte(text, '+') ? 1 : take_byte(text, '-') ? -1 : 0;
    if (sign == 0) return false;
    int hour = take_digits(text, 2);
    if (hour < 0 || hour > 23 || !take_byte(text, ':')) return false;
    int minute = take_digits(text, 2);
    if (minute < 0 || minute > 59) return false;
    *minutes = sign * (hour * 60 + minute);
    return true;
}

enum ht_status ht_time_parse(struct ht_slice text, int64_t *time)
{
    int64_t day, micros;
    int hour, minute, second, offset;
    if (!take_date(&text, &day) || !take_byte(&text, 'T')) return HT_INVALID;
    if ((hour = take_digits(&text, 2)) < 0 || hour > 23 || !take_byte(&text, ':')) return HT_INVALID;
    if ((minute = take_digits(&text, 2)) < 0 || minute > 59 || !take_byte(&text, ':')) return HT_INVALID;
    if ((second = take_digits(&text, 2)) < 0 || second > 60) return HT_INVALID;
    if (!take_fraction(&text, &micros) || !take_offset(&text, &offset) || text.size > 0) return HT_INVALID;

    int utc_minute = hour * 60 + minute - offset;
    if (second == 60) {
        /* Leap seconds come at the end of a UTC day, whatever the offset. */
        if ((utc_minute + 1) % 1440 != 0) return HT_INVALID;
        second = 59;
    }
    int64_t result = day * HT_DAY + (utc_minute * INT64_C(60) + second) * HT_SECOND + micros;
    if (result < FIRST_TIME || result > LAST_TIME) return HT_INVALID;
    *time = result;
    return HT_OK;
}

static int64_t unit_of(char letter)
{
    switch (letter) {
    case 's':
        return HT_SECOND;
    case 'm':
        return 60 * HT_SECOND;
    case 'h':
        return 3600 * HT_SECOND;
    case 'd':
        return HT_DAY;
    case 'w':
        return 7 * HT_DAY;
    default:
        return 0;
    }
}

bool ht_time_parse_age(struct ht_slice text, int64_t *age)
{
    uint64_t count;
    if (text.size < 2) return false;
    int64_t unit = unit_of(text.data[text.size - 1]);
    if (unit == 0 || ht_parse_u64(ht_slice_of(text.data, text.size - 1), &count) != HT_OK) return false;
    if (__builtin_mul_overflow(count, unit, age)) *age = INT64_MAX;
    return true;
}

static bool parse_age(struct ht_slice text, int64_t now, int64_t *time)
{
    int64_t age;
    if (!ht_time_parse_age(text, &age) || __builtin_sub_overflow(now, age, time)) return false;
    return *time >= FIRST_TIME;
}

enum ht_status ht_time_parse_bound(struct ht_slice text, int64_t now, int64_t *time, struct ht_error *err)
{
    int64_t result;
    if (ht_time_parse(text, &result) == HT_OK || parse_age(text, now, &result)) {
        *time = result;
        return HT_OK;
    }
    struct ht_slice rest = text;
    int64_t day;
    if (take_date(&rest, &day) && rest.size == 0) {
        *time = day * HT_DAY;
        return HT_OK;
    }
    int shown = text.size < 40 ? (int)text.size : 40;
    return ht_fail(err, HT_INVALID,
                   "\"%.*s\" is no time: give a date such as 2026-11-24, a time such as 2026-11-24T13:22:00Z, "
                   "or an age such as 90s, 30m, 24h, 7d or 2w",
                   shown, text.data ? text.data : "");
}

int64_t ht_time_day(int64_t time)
{
    int64_t day = time / HT_DAY;
    return time % HT_DAY < 0 ? day - 1 : day;
}

/* A number with so many digits, and a byte behind it; returns the place behind both. By hand, for printf takes most of
   the time of a document with many times in it. */
static char *put_digits(char *to, int number, size_t digits, char behind)
{
    for (size_t i = digits; i > 0; i--, number /= 10)
        to[i - 1] = (char)('0' + number % 10);
    to[digits] = behind;
    return to + digits + 1;
}

/* `day` must lie within FIRST_DAY and LAST_DAY. */
static char *put_date(char *to, int64_t day, char behind)
{
    struct civil_date date = date_of(day);
    to = put_digits(to, date.year, 4, '-');
    to = put_digits(to, date.month, 2, '-');
    return put_digits(to, date.day, 2, behind);
}

size_t ht_time_format(char text[HT_TIME_TEXT_SIZE], int64_t time)
{
    /* A time from a damaged record still has to come out as RFC 3339. */
    if (time < FIRST_TIME) time = FIRST_TIME;
    if (time > LAST_TIME) time = LAST_TIME;
    int64_t day = ht_time_day(time);
    int64_t micros = time - day * HT_DAY;
    int seconds = (int)(micros / HT_SECOND);
    int fraction = (int)(micros % HT_SECOND);

    char *to = put_date(text, day, 'T');
    to = put_digits(to, seconds / 3600, 2, ':');
    to = put_digits(to, seconds / 60 % 60, 2, ':');
    to = put_digits(to, seconds % 60, 2, '.');
    to = fraction % 1000 != 0 ? put_digits(to, fraction, 6, 'Z') : put_digits(to, fraction / 1000, 3, 'Z');
    *to = '\0';
    return (size_t)(to - text);
}

void ht_time_format_day(char text[16], int64_t day)
{
    if (day < FIRST_DAY) day = FIRST_DAY;
    if (day > LAST_DAY) day = LAST_DAY;
    put_date(text, day, '\0');
}
