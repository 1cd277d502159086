#include "base/date.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { DAY = 86400 };

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && leap(year) ? 29 : days[month - 1];
}

bool date_valid(struct date d)
{
    return d.year >= 1 && d.year <= 9999 && d.month >= 1 && d.month <= 12 && d.day >= 1 &&
           d.day <= month_days(d.year, d.month);
}

/* Counting years from March puts the leap day last, so that a month's first day is a linear
 * function of the month. */
int64_t date_to_days(struct date d)
{
    int64_t y = d.month <= 2 ? d.year - 1 : d.year;
    int64_t m = (d.month + 9) % 12;

    return y * 365 + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + d.day - 1 - 719468;
}

struct date date_from_days(int64_t days)
{
    int64_t n = days + 719468;
    int64_t y = (10000 * n + 14780) / 3652425;
    int64_t rest = n - (365 * y + y / 4 - y / 100 + y / 400);

    if (rest < 0) {
        y--;
        rest = n - (365 * y + y / 4 - y / 100 + y / 400);
    }
    int64_t m = (100 * rest + 52) / 3060;
    struct date d = {(int)(y + (m + 2) / 12), (int)((m + 2) % 12 + 1),
                     (int)(rest - (m * 306 + 5) / 10 + 1)};
    return d;
}

int date_compare(struct date a, struct date b)
{
    if (a.year != b.year)
        return a.year - b.year;
    return a.month != b.month ? a.month - b.month : a.day - b.day;
}

struct date date_add_years(struct date d, int years)
{
    d.year += years;
    if (d.month == 2 && d.day == 29 && !leap(d.year))
        d.day = 28;
    return d;
}

struct date date_last_day(struct date end, int years)
{
    return date_from_days(date_to_days(date_add_years(end, years)) - 1);
}

int date_parse_iso(const char *s, struct date *out)
{
    struct date d;

    if (strlen(s) != 10 || s[4] != '-' || s[7] != '-')
        return -1;
    for (int i = 0; i < 10; i++) {
        if (i != 4 && i != 7 && !isdigit((unsigned char)s[i]))
            return -1;
    }
    if (sscanf(s, "%4d-%2d-%2d", &d.year, &d.month, &d.day) != 3 || !date_valid(d))
        return -1;
    *out = d;
    return 0;
}

void date_iso(struct date d, char out[DATE_TEXT_MAX])
{
    snprintf(out, DATE_TEXT_MAX, "%04d-%02d-%02d", d.year, d.month, d.day);
}

void date_french(struct date d, char out[DATE_TEXT_MAX])
{
    snprintf(out, DATE_TEXT_MAX, "%02d/%02d/%04d", d.day, d.month, d.year);
}

static int64_t floor_days(int64_t instant)
{
    return instant >= 0 ? instant / DAY : -((-instant + DAY - 1) / DAY);
}

/* 1970-01-01 was a Thursday; 0 is Sunday. */
static int64_t last_sunday(int year, int month)
{
    int64_t last = date_to_days((struct date){year, month, 31});

    return last - (last + 4) % 7;
}

int date_paris_offset(int64_t instant)
{
    int year = date_from_days(floor_days(instant)).year;
    int64_t start = last_sunday(year, 3) * DAY + 3600, end = last_sunday(year, 10) * DAY + 3600;

    return instant >= start && instant < end ? 7200 : 3600;
}

struct date date_in_paris(int64_t instant)
{
    return date_from_days(floor_days(instant + date_paris_offset(instant)));
}

struct clock_face {
    struct date day;
    int hour, minute, second;
};

static struct clock_face face(int64_t instant)
{
    int64_t days = floor_days(instant), rest = instant - days * DAY;
    struct clock_face f = {date_from_days(days), (int)(rest / 3600), (int)(rest / 60 % 60),
                           (int)(rest % 60)};

    return f;
}

void date_instant_iso(int64_t instant, char out[DATE_TEXT_MAX])
{
    struct clock_face f = face(instant);

    snprintf(out, DATE_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02dZ", f.day.year, f.day.month,
             f.day.day, f.hour, f.minute, f.second);
}

void date_instant_pdf(int64_t instant, char out[DATE_TEXT_MAX])
{
    int offset = date_paris_offset(instant);
    struct clock_face f = face(instant + offset);

    snprintf(out, DATE_TEXT_MAX, "D:%04d%02d%02d%02d%02d%02d+%02d'00'", f.day.year, f.day.month,
             f.day.day, f.hour, f.minute, f.second, offset / 3600);
}

int date_instant_parse(const char *s, int64_t *out)
{
    char day[11];
    struct date d;
    int hour, minute, second, used = 0, offset = 0;

    if (strlen(s) < 20)
        return -1;
    memcpy(day, s, 10);
    day[10] = '\0';
    if (date_parse_iso(day, &d) != 0 || s[10] != 'T' ||
        sscanf(s + 11, "%2d:%2d:%2d%n", &hour, &minute, &second, &used) != 3 || used != 8 ||
        hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return -1;
    s += 19;
    if (strcmp(s, "Z") != 0) {
        int oh, om;
        char sign;
        if (sscanf(s, "%c%2d:%2d%n", &sign, &oh, &om, &used) != 3 || s[used] != '\0' ||
            (sign != '+' && sign != '-') || oh > 14 || om > 59)
            return -1;
        offset = (oh * 3600 + om * 60) * (sign == '-' ? -1 : 1);
    }
    *out = date_to_days(d) * DAY + hour * 3600 + minute * 60 + second - offset;
    return 0;
}
