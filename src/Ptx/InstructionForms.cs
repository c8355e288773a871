using System.Collections.Frozen;

namespace CogVideoX.Ptx;

/// <summary>
/// Which target and .version instructions need, form by form, as ptxas 13 asks it (PTX ISA 9.7, 12). A new form is a line. What every
/// target from sm_75 and every version from 6.3 has isn't in it. That an instruction is none of these forms says nothing of whether there
/// is such an instruction.
/// </summary>
public static class InstructionForms
{
    /// <summary>Targets with tensor memory.</summary>
    private const string Tcgen05 = "100a 101a 103a 110a";

    /// <summary>Targets with what is Blackwell's own, of both kinds.</summary>
    private const string Blackwell = "100a 101a 103a 110a 120a 121a";

    private const string Workstation = "120a 121a";

    private const string Registers = "90a 100a 101a 103a 110a 120a 121a";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<InstructionForm> All { get; } =
    [
        // whatever the opcode: spaces, scopes, types, hints
        new("* shared::cta !async", 0, 78),
        new("* shared::cluster", 90, 78),
        new("* cluster", 90, 78),
        new("* param::entry|param::func", 0, 83),
        new("* b128", 0, 83),
        new("* L1::evict_*|L1::no_allocate", 0, 74),
        new("* L2::64B|L2::128B", 0, 74),
        new("* L2::256B", 80, 74),
        new("* L2::cache_hint", 80, 74),
        new("* xorsign", 86, 72),
        new("* unified", 90, 80),

        // ld, st
        new("ld mmio", 0, 82),
        new("st mmio", 0, 82),
        new("ld v8 b32|u32|s32|f32", 100, 88),
        new("ld v4 b64|u64|s64|f64", 100, 88),
        new("st v8 b32|u32|s32|f32", 100, 88),
        new("st v4 b64|u64|s64|f64", 100, 88),
        new("st async", 90, 81),
        new("st async release|mmio", 100, 87),
        new("st bulk", 100, 86),

        // hints to the cache
        new("prefetch L2::evict_*", 80, 74),
        new("prefetch tensormap", 90, 80),
        new("applypriority", 80, 74),
        new("createpolicy", 80, 74),
        new("discard", 80, 74),

        // addresses
        new("cvta param", 0, 77),
        new("isspacep param", 0, 77),
        new("mapa", 90, 78),
        new("getctarank", 90, 78),
        new("alloca", 0, 73),
        new("stacksave", 0, 73),
        new("stackrestore", 0, 73),
        new("istypep", 0, 40),

        // atomics
        new("atom add bf16|bf16x2", 90, 78),
        new("red add bf16|bf16x2", 90, 78),
        new("atom min|max f16|f16x2|bf16|bf16x2", 90, 81),
        new("red min|max f16|f16x2|bf16|bf16x2", 90, 81),
        new("atom v2|v4|v8", 90, 81),
        new("red v2|v4|v8", 90, 81),
        new("atom b128", 90, 83),
        new("red async", 90, 81),
        new("red async release|mmio", 100, 87),
        new("multimem", 90, 81),

        // fences and barriers
        new("fence mbarrier_init", 90, 80),
        new("fence sync_restrict::*", 90, 86),
        new("fence proxy alias", 0, 75),
        new("fence proxy async", 90, 80),
        new("fence proxy tensormap::generic", 90, 83),
        new("fence proxy async::generic", 90, 86),
        new("membar proxy", 0, 75),
        new("barrier cluster", 90, 78),
        new("barrier cluster acquire|release|relaxed", 90, 80),
        new("barrier cta", 0, 78),
        new("bar cta", 0, 78),
        new("griddepcontrol", 90, 78),

        // lanes of a warp
        new("redux", 80, 70),
        new("redux f32", 0, 86, Tcgen05),
        new("elect", 90, 80),

        // asynchronous copies
        new("cp async", 80, 70),
        new("cp async +ignore", 80, 75),
        new("cp async bulk", 90, 80),
        new("cp async bulk +tocta", 90, 86),
        new("cp async bulk cp_mask", 100, 86),
        new("cp async bulk im2col::w|im2col::w::128", 100, 86),
        new("cp async bulk im2col::w|im2col::w::128 shared::cluster", 0, 86, Tcgen05),
        new("cp async bulk tile::gather4", 100, 86),
        new("cp async bulk tile::scatter4", 0, 86, Tcgen05),
        new("cp async bulk cta_group::1|cta_group::2", 0, 86, Tcgen05),
        new("cp reduce", 90, 80),
        new("tensormap", 90, 83),
        new("tensormap replace", 0, 83, Registers),
        new("clusterlaunchcontrol", 100, 86),
        new("clusterlaunchcontrol multicast::cluster::all", 0, 86, Blackwell),

        // mbarrier
        new("mbarrier", 80, 70),
        new("mbarrier test_wait parity", 80, 71),
        new("mbarrier try_wait", 90, 78),
        new("mbarrier expect_tx|complete_tx", 90, 80),
        new("mbarrier release|acquire", 80, 80),
        new("mbarrier relaxed", 90, 80),
        new("mbarrier relaxed !expect_tx|complete_tx", 90, 86),
        new("mbarrier relaxed arrive|arrive_drop", 90, 86),
        new("mbarrier arrive|arrive_drop !noComplete +count", 90, 78),
        new("mbarrier arrive +sink", 80, 71),

        // arithmetic
        new("lop3 and|or", 0, 82),
        new("bmsk", 0, 76),
        new("szext", 0, 76),
        new("add u16x2|s16x2", 90, 80),
        new("min u16x2|s16x2", 90, 80),
        new("max u16x2|s16x2", 90, 80),
        new("min relu", 90, 80),
        new("max relu", 90, 80),
        new("add f32x2", 100, 86),
        new("sub f32x2", 100, 86),
        new("mul f32x2", 100, 86),
        new("fma f32x2", 100, 86),
        new("add bf16|bf16x2 !f32", 90, 78),
        new("sub bf16|bf16x2 !f32", 90, 78),
        new("mul bf16|bf16x2", 90, 78),
        new("add f32 f16|bf16", 100, 86),
        new("sub f32 f16|bf16", 100, 86),
        new("fma f32 f16|bf16", 100, 86),
        new("fma bf16|bf16x2", 80, 70),
        new("fma relu", 80, 70),
        new("fma oob", 90, 81),
        new("min f16|f16x2|bf16|bf16x2", 80, 70),
        new("max f16|f16x2|bf16|bf16x2", 80, 70),
        new("min NaN", 80, 70),
        new("max NaN", 80, 70),
        new("min f32 #4", 100, 88),
        new("max f32 #4", 100, 88),
        new("neg bf16|bf16x2", 80, 70),
        new("abs bf16|bf16x2", 80, 70),
        new("ex2 bf16|bf16x2", 90, 78),
        new("ex2 f16|f16x2", 75, 70),
        new("tanh", 75, 70),
        new("tanh bf16|bf16x2", 90, 78),
        new("set bf16|bf16x2", 90, 78),
        new("setp bf16|bf16x2", 90, 78),

        // conversions
        new("cvt bf16|bf16x2|tf32", 80, 70),
        new("cvt to:f16x2", 80, 70),
        new("cvt relu", 80, 70),
        new("cvt satfinite to:f16|bf16|f16x2|bf16x2|tf32", 80, 81),
        new("cvt from:bf16", 80, 71),
        new("cvt from:bf16 to:f16|f64|u*|s*|bf16", 90, 78),
        new("cvt to:bf16 from:f16|f64|u*|s*", 90, 78),
        new("cvt from:bf16 to:u8|s8", 90, 78),
        new("cvt tf32 rn|rz", 90, 78),
        new("cvt tf32 rn|rz satfinite", 100, 86),
        new("cvt tf32 relu satfinite", 100, 86),
        new("cvt e4m3x2|e5m2x2", 90, 78, Before: 81),
        new("cvt e4m3x2|e5m2x2", 89, 78),
        new("cvt e2m1x2|e2m3x2|e3m2x2|ue8m0x2", 0, 86, Blackwell),
        new("cvt rs", 0, 87, "100a 103a"),
        new("cvt e4m3x4|e5m2x4|e2m3x4|e3m2x4|e2m1x4", 0, 87, "100a 103a"),

        // matrices
        new("movmatrix", 0, 78),
        new("ldmatrix", 0, 65),
        new("ldmatrix m16n16|m8n16|b8", 0, 86, Blackwell),
        new("stmatrix", 90, 78),
        new("stmatrix m16n8|b8", 0, 86, Blackwell),
        new("mma m16n8k16|m16n8k32|m16n8k64|m16n8k128|m16n8k256|m16n8k4", 80, 70),
        new("mma bf16|tf32|f64", 80, 70),
        new("mma and", 80, 71),
        new("mma f64 m16n8k4|m16n8k8|m16n8k16", 90, 78),
        new("mma e4m3|e5m2", 89, 84),
        new("mma e4m3|e5m2 m16n8k16", 89, 87),
        new("mma e4m3|e5m2 to:f16", 89, 87),
        new("mma e2m1|e2m3|e3m2", 0, 87, Workstation),
        new("mma kind::f8f6f4", 0, 86, Blackwell),
        new("mma kind::mx*|block_scale", 0, 87, Workstation),
        new("mma sp", 80, 71),
        new("mma sp::ordered_metadata", 80, 85),
        new("wmma f64|bf16|tf32", 80, 70),
        new("wmma and", 80, 71),
        new("wgmma", 0, 80, "90a"),
        new("wgmma sp", 0, 82, "90a"),
        new("wgmma s8 u8", 0, 84, "90a"),
        new("setmaxnreg", 0, 80, Registers),
        new("tcgen05", 0, 86, Tcgen05),
    ];

    private static readonly FrozenDictionary<string, InstructionForm[]> ByOpcode =
        All.GroupBy(f => f.Opcode).ToFrozenDictionary(g => g.Key, g => g.ToArray());

    private static readonly InstructionForm[] OfAnyOpcode = ByOpcode["*"];

    /// <summary>What registers have, and what only conversions and products name.</summary>
    private static readonly FrozenSet<string> Types = Enum.GetNames<PtxType>().Select(n => n.ToLowerInvariant())
        .Concat(["e2m1", "e2m3", "e3m2", "e2m1x2", "e2m3x2", "e3m2x2", "ue8m0x2", "e2m1x4", "e2m3x4", "e3m2x4", "e4m3x4", "e5m2x4"])
        .ToFrozenSet();

    /// <summary>What of an instruction the target or the version hasn't, as ptxas words it; null if nothing.</summary>
    public static string? Missing(InstructionShape shape, PtxTarget target, PtxVersion version)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return First(ByOpcode.GetValueOrDefault(shape.Opcode, []), shape, target, version) ?? First(OfAnyOpcode, shape, target, version);
    }

    /// <summary>Whether a suffix is a type.</summary>
    public static bool IsType(string suffix) => Types.Contains(suffix);

    private static string? First(InstructionForm[] forms, InstructionShape shape, PtxTarget target, PtxVersion version)
    {
        foreach (InstructionForm form in forms)
        {
            if (form.Missing(shape, target, version) is { } missing)
                return missing;
        }
        return null;
    }
}
