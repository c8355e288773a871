using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace CogVideoX.Kernels.MachineCode;

/// <summary>
/// What machine code of our own may use here. The runtime's switches (<c>DOTNET_EnableAVX2=0</c>, <c>DOTNET_EnableAVX512=0</c>) count, and
/// so does <c>COGVIDEOX_CPU</c>, which names the most that may be used: <c>none</c>, <c>avx2</c>, <c>avx512</c>, <c>avx512-bf16</c>,
/// <c>amx</c>. With <c>COGVIDEOX_MACHINE_CODE=0</c> none is made at all.
/// </summary>
/// <param name="Fma">AVX2 with fused multiply-add: 16 registers of 8 floats.</param>
/// <param name="Avx512">AVX-512 F, BW, DQ and VL: 32 registers of 16 floats.</param>
/// <param name="Avx512Bf16">Dot products of pairs of bf16 (<c>vdpbf16ps</c>).</param>
/// <param name="AmxBf16">Products of tiles of bf16 (<c>tdpbf16ps</c>).</param>
internal readonly record struct CpuFeatures(bool Fma, bool Avx512, bool Avx512Bf16, bool AmxBf16)
{
    /// <summary>The variable that names the most that may be used.</summary>
    public const string Variable = "COGVIDEOX_CPU";

    /// <summary>The variable that is 0 where no machine code is to be made.</summary>
    public const string Switch = "COGVIDEOX_MACHINE_CODE";

    private const ulong AvxStates = 0x6, Avx512States = 0xE6;

    private static readonly string[] Levels = ["none", "avx2", "avx512", "avx512-bf16", "amx"];

    private static readonly Lazy<(CpuFeatures Features, string? Problem)> Here = new(() => Detect(
        Environment.GetEnvironmentVariable(Switch), Environment.GetEnvironmentVariable(Variable), () => ExecutableMemory.Problem()));

    /// <summary>Why this process makes no machine code of our own; null where nothing is in the way.</summary>
    /// <exception cref="InvalidOperationException">A variable has a value that it can't have.</exception>
    public static string? Problem => Here.Value.Problem;

    /// <summary>Of this processor and this process: nothing where it is switched off, or no system page for code can be had.</summary>
    /// <exception cref="InvalidOperationException">A variable has a value that it can't have.</exception>
    public static CpuFeatures Detected => Here.Value.Features;

    /// <summary>What there is by what was answered: an instruction set counts only where the system saves its registers.</summary>
    public static CpuFeatures From(in CpuidAnswers answers)
    {
        const uint Fma3 = 1u << 12, SavesStates = 1u << 27, Avx = 1u << 28, Avx2Bit = 1u << 5;
        const uint Foundation = 1u << 16, DoubleQuad = 1u << 17, ByteWord = 1u << 30, VectorLengths = 1u << 31;
        const uint Avx512Bits = Foundation | DoubleQuad | ByteWord | VectorLengths, Bf16Bit = 1u << 5;
        const uint AmxBits = (1u << 24) | (1u << 22); // tiles, and products of bf16
        const ulong TileStates = 0x60000;
        bool vectors = All(answers.Leaf1Ecx, Fma3 | SavesStates | Avx) && All(answers.Leaf7Ebx, Avx2Bit)
            && All(answers.EnabledStates, AvxStates);
        bool wide = vectors && All(answers.Leaf7Ebx, Avx512Bits) && All(answers.EnabledStates, Avx512States);
        return new CpuFeatures(
            vectors,
            wide,
            wide && All(answers.Leaf71Eax, Bf16Bit),
            wide && All(answers.Leaf7Edx, AmxBits) && All(answers.EnabledStates, TileStates) && answers.TilesPermitted);
    }

    /// <summary>No more than a level.</summary>
    /// <exception cref="InvalidOperationException">There is no such level.</exception>
    public CpuFeatures AtMost(string level)
    {
        int most = Array.IndexOf(Levels, level.ToLowerInvariant());
        return most >= 0
            ? new CpuFeatures(Fma && most >= 1, Avx512 && most >= 2, Avx512Bf16 && most >= 3, AmxBf16 && most >= 4)
            : throw new InvalidOperationException($"{Variable}={level} names none of {string.Join(", ", Levels)}.");
    }

    /// <summary>The instruction sets by their names; "none" without any.</summary>
    public override string ToString()
    {
        string[] names =
            [.. new[] { Fma ? "AVX2 and FMA" : "", Avx512 ? "AVX-512" : "", Avx512Bf16 ? "AVX512-BF16" : "", AmxBf16 ? "AMX-BF16" : "" }
                .Where(name => name.Length > 0)];
        return names.Length == 0 ? "none" : string.Join(", ", names);
    }

    /// <summary>What may be used here.</summary>
    /// <param name="machineCode">The value of <see cref="Switch"/>.</param>
    /// <param name="level">That of <see cref="Variable"/>.</param>
    /// <param name="pages">Tries to make code that runs, and says why it can't be.</param>
    /// <exception cref="InvalidOperationException">A variable has a value that it can't have.</exception>
    internal static (CpuFeatures Features, string? Problem) Detect(string? machineCode, string? level, Func<string?> pages)
    {
        if (machineCode is not (null or "" or "0" or "1"))
            throw new InvalidOperationException($"{Switch}={machineCode} is neither 0 nor 1.");
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || !X86Base.IsSupported)
            return (default, null);
        // Before the processor is asked, which takes such code, too.
        string? problem = machineCode == "0" ? $"{Switch} is 0" : pages();
        CpuFeatures found = problem is null ? Ask() : default;
        return (string.IsNullOrEmpty(level) ? found : found.AtMost(level), problem);
    }

    private static CpuFeatures Ask()
    {
        CpuFeatures found = From(Answers());
        bool avx512 = found.Avx512 && Avx512F.IsSupported && Avx512BW.VL.IsSupported && Avx512DQ.VL.IsSupported;
        return new CpuFeatures(
            found.Fma && Avx2.IsSupported && System.Runtime.Intrinsics.X86.Fma.IsSupported, avx512, found.Avx512Bf16 && avx512,
            found.AmxBf16 && avx512);
    }

    private static CpuidAnswers Answers()
    {
        const uint SavesStates = 1u << 27, Tiles = 1u << 24;
        int leaves = X86Base.CpuId(0, 0).Eax;
        uint features = (uint)X86Base.CpuId(1, 0).Ecx;
        (int sublevels, int ebx, _, int edx) = leaves >= 7 ? X86Base.CpuId(7, 0) : default;
        uint later = sublevels >= 1 ? (uint)X86Base.CpuId(7, 1).Eax : 0;
        // The runtime knows which vectors the system saves; only tiles have to be asked for.
        ulong states = (Avx2.IsSupported ? AvxStates : 0) | (Avx512F.IsSupported ? Avx512States : 0);
        bool hasTiles = All(features, SavesStates) && All((uint)edx, Tiles);
        return new CpuidAnswers(
            features, (uint)ebx, (uint)edx, later, hasTiles ? states | SystemStates.Enabled() : states,
            hasTiles && SystemStates.PermitTiles());
    }

    private static bool All(ulong bits, ulong wanted) => (bits & wanted) == wanted;
}
