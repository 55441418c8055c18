/* libnvidia-ml.so.1 for machines without an NVIDIA driver: what nvidia-ml-py calls, answered from environment variables.

   NVML_STUB_CARDS      t4,a100     presets, in the order of their indices
   NVML_STUB_SCRIPT     0:30000:0:300;1000:70000:98:4000:4:61
                        from so many ms on: mW, utilisation in %, MiB in use, clocks-event reasons (hex), degrees
   NVML_STUB_FAULTS     nvmlDeviceGetPowerUsage=3;nvmlDeviceGetUtilizationRates=15@calls:4;*=15@ms:2000
                        an error code by function: at once, after so many good calls, or from a moment on;
                        field186 is the field of that number
   NVML_STUB_HELD       269:1250:40;74:0:3000
                        by field: from this ms on, so many ms of being held down; else what the script says of reasons
   NVML_STUB_PROCESSES  4711:512    MiB by process
   NVML_STUB_ECC        0           off
   NVML_STUB_MIG        2           instances on every card that can be divided; 0 turns MIG on without any

   The energy counter is the exact integral of the script. Time is CLOCK_MONOTONIC since the library was loaded,
   unless nvml_stub_at sets it. */
#define _POSIX_C_SOURCE 200809L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { OK = 0, INVALID = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, INSUFFICIENT_SIZE = 7 };
enum { CARDS = 4, INSTANCES = 7, FUNCTIONS = 64 };

typedef struct {
    const char *preset, *name;
    unsigned major, minor, architecture, memory_mib, limit_mw, least_mw, sm_mhz, memory_mhz;
    int can_divide, averages; /* averages: power usage is the mean of a second, and field 185 exists */
} Preset;
typedef struct { const Preset *preset; int index, instance; } Device;
typedef struct { double mw; unsigned util, mib, celsius; unsigned long long reasons; } State;
typedef struct { unsigned field, scope; int64_t at, latency; int type, code; union { unsigned u; unsigned long long l; double d; } value; } Field;
typedef struct { unsigned pid; unsigned long long used; unsigned gpu, compute; } Process;
typedef struct { char legacy[16]; unsigned domain, bus, device, id, subsystem; char bus_id[32]; } Pci;

static const Preset presets[] = {
    {"t4", "Tesla T4", 7, 5, 6, 15360, 70000, 60000, 1590, 5001, 0, 0},
    {"v100", "Tesla V100-SXM2-16GB", 7, 0, 5, 16384, 300000, 150000, 1530, 877, 0, 0},
    {"a100", "NVIDIA A100-SXM4-40GB", 8, 0, 7, 40960, 400000, 100000, 1410, 1215, 1, 0},
    {"h200", "NVIDIA H200", 9, 0, 9, 143771, 700000, 200000, 1980, 3201, 1, 1},
};
static Device devices[CARDS][INSTANCES + 1];
static struct { const char *name; unsigned long calls; } counted[FUNCTIONS];
static double manual_ms = -1, origin_ms;

static double clock_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}
__attribute__((constructor)) static void began(void) { origin_ms = clock_ms(); }
void nvml_stub_at(double ms) { manual_ms = ms; }
void nvml_stub_reset(void) { memset(counted, 0, sizeof counted); manual_ms = -1; began(); }
static double now_ms(void) { return manual_ms >= 0 ? manual_ms : clock_ms() - origin_ms; }
static const char *setting(const char *name, const char *usual) { const char *text = getenv(name); return text ? text : usual; }

static State state_at(double ms, double *millijoules) {
    const char *row = setting("NVML_STUB_SCRIPT", "0:30000:0:300");
    State now = {0}, next;
    double from = 0, until, joules = 0;
    for (int first = 1; row && *row; first = 0, row = strchr(row, ';'), row = row ? row + 1 : row) {
        next = (State){.celsius = 40};
        if (sscanf(row, "%lf:%lf:%u:%u:%llx:%u", &until, &next.mw, &next.util, &next.mib, &next.reasons, &next.celsius) < 4) break;
        if (until > ms && !first) break;
        if (!first) joules += now.mw * (until - from) / 1e3;
        now = next, from = until;
    }
    if (millijoules) *millijoules = joules + now.mw * (ms > from ? ms - from : 0) / 1e3;
    return now;
}
static double energy_mj(double ms) { double joules; state_at(ms > 0 ? ms : 0, &joules); return joules; }

static int fault(const char *function) {
    unsigned long calls = 0, after;
    for (int one = 0; one < FUNCTIONS; one++) {
        if (!counted[one].name) counted[one].name = function;
        if (!strcmp(counted[one].name, function)) { calls = counted[one].calls++; break; }
    }
    const char *row = setting("NVML_STUB_FAULTS", "");
    for (; row && *row; row = strchr(row, ';'), row = row ? row + 1 : row) {
        char name[96], unit[8] = "";
        int code;
        int read = sscanf(row, "%95[^=]=%d@%7[a-z]:%lu", name, &code, unit, &after);
        if (read < 2 || (strcmp(name, "*") && strcmp(name, function))) continue;
        if (read == 2 || (unit[0] == 'c' ? calls >= after : now_ms() >= after)) return code;
    }
    return OK;
}
#define SERVE do { int code = fault(__func__); if (code) return code; } while (0)
#define SERVE_ONLY(condition) do { SERVE; if (!(condition)) return NOT_SUPPORTED; } while (0)

static int card_count(void) {
    const char *text = setting("NVML_STUB_CARDS", "t4");
    int count = 0;
    while (*text && count < CARDS) {
        size_t length = strcspn(text, ",");
        for (size_t one = 0; one < sizeof presets / sizeof *presets; one++)
            if (strlen(presets[one].preset) == length && !strncmp(presets[one].preset, text, length)) {
                for (int part = 0; part <= INSTANCES; part++) devices[count][part] = (Device){&presets[one], count, part};
                count++;
            }
        text += length + (text[length] == ',');
    }
    return count;
}
static int instances_of(const Device *device) {
    const char *text = getenv("NVML_STUB_MIG");
    return text && device->preset->can_divide ? atoi(text) : -1;
}
static void write_uuid(const Device *device, char *text, unsigned length) {
    if (device->instance) snprintf(text, length, "MIG-%08x-0000-4000-8000-00000000000%d", 0x51ab0000u + device->index, device->instance);
    else snprintf(text, length, "GPU-%08x-1111-4222-8333-%012d", 0xab00cd00u + device->index, device->index);
}

int nvmlInitWithFlags(unsigned flags) { (void)flags; SERVE; return OK; }
int nvmlShutdown(void) { SERVE; return OK; }
const char *nvmlErrorString(int code) { return code == 27 ? "System Not Ready" : "Some Error"; }
int nvmlSystemGetDriverVersion(char *text, unsigned length) { SERVE; snprintf(text, length, "580.95.05"); return OK; }
int nvmlSystemGetNVMLVersion(char *text, unsigned length) { SERVE; snprintf(text, length, "13.580.95.05"); return OK; }
int nvmlSystemGetCudaDriverVersion(int *version) { SERVE; *version = 13000; return OK; }
int nvmlDeviceGetCount_v2(unsigned *count) { SERVE; *count = card_count(); return OK; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, Device **device) {
    SERVE;
    if ((int)index >= card_count()) return INVALID;
    *device = &devices[index][0];
    return OK;
}
int nvmlDeviceGetHandleByUUID(const char *uuid, Device **device) {
    char text[96];
    SERVE;
    for (int card = 0, count = card_count(); card < count; card++)
        for (int part = 0; part <= INSTANCES; part++) {
            write_uuid(&devices[card][part], text, sizeof text);
            if (!strcmp(text, uuid)) { *device = &devices[card][part]; return OK; }
        }
    return NOT_FOUND;
}
int nvmlDeviceGetName(Device *device, char *text, unsigned length) {
    SERVE;
    snprintf(text, length, device->instance ? "%s MIG 1g.5gb" : "%s", device->preset->name);
    return OK;
}
int nvmlDeviceGetUUID(Device *device, char *text, unsigned length) { SERVE; write_uuid(device, text, length); return OK; }
int nvmlDeviceGetCudaComputeCapability(Device *device, int *major, int *minor) {
    SERVE;
    *major = device->preset->major, *minor = device->preset->minor;
    return OK;
}
int nvmlDeviceGetArchitecture(Device *device, unsigned *kind) { SERVE; *kind = device->preset->architecture; return OK; }
int nvmlDeviceGetPciInfo_v3(Device *device, Pci *pci) {
    SERVE;
    memset(pci, 0, sizeof *pci);
    snprintf(pci->bus_id, sizeof pci->bus_id, "00000000:%02X:00.0", 16 + device->index);
    return OK;
}
int nvmlDeviceGetEnforcedPowerLimit(Device *device, unsigned *mw) { SERVE; *mw = device->preset->limit_mw; return OK; }
int nvmlDeviceGetPowerManagementDefaultLimit(Device *device, unsigned *mw) { SERVE; *mw = device->preset->limit_mw; return OK; }
int nvmlDeviceGetPowerManagementLimitConstraints(Device *device, unsigned *least, unsigned *most) {
    SERVE;
    *least = device->preset->least_mw, *most = device->preset->limit_mw;
    return OK;
}
int nvmlDeviceGetPersistenceMode(Device *device, unsigned *on) { (void)device; SERVE; *on = 1; return OK; }
int nvmlDeviceGetEccMode(Device *device, unsigned *now, unsigned *pending) { (void)device; SERVE; *now = *pending = atoi(setting("NVML_STUB_ECC", "1")); return OK; }
int nvmlDeviceGetMigMode(Device *device, unsigned *now, unsigned *pending) {
    SERVE_ONLY(device->preset->can_divide);
    *now = *pending = instances_of(device) >= 0;
    return OK;
}
int nvmlDeviceGetMaxMigDeviceCount(Device *device, unsigned *count) { SERVE; *count = device->preset->can_divide ? INSTANCES : 0; return OK; }
int nvmlDeviceGetMigDeviceHandleByIndex(Device *device, unsigned index, Device **instance) {
    SERVE;
    if ((int)index >= instances_of(device)) return NOT_FOUND;
    *instance = &devices[device->index][index + 1];
    return OK;
}
int nvmlDeviceGetGpuInstanceId(Device *device, unsigned *id) { SERVE; *id = device->instance + 6; return OK; }
int nvmlDeviceGetComputeInstanceId(Device *device, unsigned *id) { (void)device; SERVE; *id = 0; return OK; }

int nvmlDeviceGetTotalEnergyConsumption(Device *device, unsigned long long *millijoules) {
    SERVE_ONLY(!device->instance);
    *millijoules = 1000000000ULL + (unsigned long long)energy_mj(now_ms());
    return OK;
}
static unsigned average_mw(double ms) { double from = ms > 1000 ? ms - 1000 : 0; return ms > from ? (energy_mj(ms) - energy_mj(from)) * 1e3 / (ms - from) : 0; }
int nvmlDeviceGetPowerUsage(Device *device, unsigned *mw) {
    SERVE_ONLY(!device->instance);
    *mw = device->preset->averages ? average_mw(now_ms()) : state_at(now_ms(), NULL).mw;
    return OK;
}
/* Nanoseconds of being held down until now: what the script says of the reason, and what NVML_STUB_HELD adds unseen. */
static unsigned long long held_ns(unsigned field, unsigned long long reasons, double now) {
    double held = 0, from, until;
    for (const char *row = setting("NVML_STUB_SCRIPT", ""); row && *row; row = strchr(row, ';'), row = row ? row + 1 : row) {
        const char *next = strchr(row, ';');
        if (sscanf(row, "%lf", &from) < 1 || from >= now) break;
        if (!next || sscanf(next + 1, "%lf", &until) < 1 || until > now) until = now;
        if (state_at(from, NULL).reasons & reasons) held += until - from;
    }
    unsigned named;
    for (const char *row = setting("NVML_STUB_HELD", ""); row && *row; row = strchr(row, ';'), row = row ? row + 1 : row)
        if (sscanf(row, "%u:%lf:%lf", &named, &from, &until) == 3 && named == field && now > from) held += now - from < until ? now - from : until;
    return held * 1e6;
}
static const struct { unsigned field; const char *name; unsigned reasons; } fields_served[] = {
    {74, "field74", 0x4}, {75, "field75", 0x60}, {185, "field185", 0}, {186, "field186", 0},
    {269, "field269", 0x20}, {270, "field270", 0x40}, {271, "field271", 0x80}, {0, "field", 0},
};
int nvmlDeviceGetFieldValues(Device *device, int count, Field *fields) {
    SERVE;
    for (Field *one = fields; one < fields + count; one++) {
        one->type = 1;
        int place = 0;
        while (fields_served[place].field && fields_served[place].field != one->field) place++;
        one->code = fault(fields_served[place].name);
        if (one->code) continue;
        if (fields_served[place].reasons) one->type = 3, one->value.l = held_ns(one->field, fields_served[place].reasons, now_ms());
        else if (one->field == 186) one->value.u = state_at(now_ms(), NULL).mw;
        else if (one->field == 185 && device->preset->averages) one->value.u = average_mw(now_ms());
        else one->code = NOT_SUPPORTED;
    }
    return OK;
}
int nvmlDeviceGetUtilizationRates(Device *device, unsigned *rates) {
    SERVE_ONLY(!device->instance);
    rates[0] = state_at(now_ms(), NULL).util, rates[1] = rates[0] / 2;
    return OK;
}
int nvmlDeviceGetMemoryInfo(Device *device, unsigned long long *memory) {
    SERVE;
    memory[0] = (unsigned long long)device->preset->memory_mib / (device->instance ? 8 : 1) << 20;
    memory[2] = (unsigned long long)state_at(now_ms(), NULL).mib << 20;
    memory[1] = memory[0] - memory[2];
    return OK;
}
int nvmlDeviceGetComputeRunningProcesses_v3(Device *device, unsigned *count, Process *found) {
    const char *row = setting("NVML_STUB_PROCESSES", "");
    unsigned here = 0, room = found ? *count : 0, pid, mib;
    (void)device;
    SERVE;
    for (; row && sscanf(row, "%u:%u", &pid, &mib) == 2; row = strchr(row, ','), row = row ? row + 1 : row) {
        if (here < room) found[here] = (Process){pid, (unsigned long long)mib << 20, ~0u, ~0u};
        here++;
    }
    *count = here;
    return here > room ? INSUFFICIENT_SIZE : OK;
}
int nvmlDeviceGetTemperatureV(Device *device, int *reading) { (void)device; SERVE; reading[2] = state_at(now_ms(), NULL).celsius; return OK; }
int nvmlDeviceGetTemperature(Device *device, unsigned sensor, unsigned *celsius) {
    (void)device, (void)sensor;
    SERVE;
    *celsius = state_at(now_ms(), NULL).celsius;
    return OK;
}
int nvmlDeviceGetMaxClockInfo(Device *device, unsigned kind, unsigned *mhz) { SERVE; *mhz = kind == 2 ? device->preset->memory_mhz : device->preset->sm_mhz; return OK; }
int nvmlDeviceGetClockInfo(Device *device, unsigned kind, unsigned *mhz) {
    SERVE;
    State now = state_at(now_ms(), NULL);
    unsigned most = kind == 2 ? device->preset->memory_mhz : device->preset->sm_mhz;
    *mhz = kind != 2 && (now.reasons & ~3ULL) ? most / 2 : most; /* held back by anything but idleness and settings */
    return OK;
}
int nvmlDeviceGetCurrentClocksEventReasons(Device *device, unsigned long long *reasons) {
    (void)device;
    SERVE;
    *reasons = state_at(now_ms(), NULL).reasons;
    return OK;
}
