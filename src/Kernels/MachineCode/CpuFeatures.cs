using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace CogVideoX.Kernels.MachineCode;

/// <summary>
/// What machine code of our own may use here. The runtime's switches (<c>DOTNET_EnableAVX2=0</c>, <c>DOTNET_EnableAVX512=0</c>) count, and
/// so does <c>COGVIDEOX_CPU</c>, which names the most that may be used: <c>none</c>, <c>avx2</c>, <c>avx512</c>, <c>avx512-bf16</c>,
/// <c>amx</c>.
/// </summary>
/// <param name="Fma">AVX2 with fused multiply-add: 16 registers of 8 floats.</param>
/// <param name="Avx512">AVX-512 F, BW, DQ and VL: 32 registers of 16 floats.</param>
/// <param name="Avx512Bf16">Dot products of pairs of bf16 (<c>vdpbf16ps</c>).</param>
/// <param name="AmxBf16">Products of tiles of bf16 (<c>tdpbf16ps</c>).</param>
internal readonly record struct CpuFeatures(bool Fma, bool Avx512, bool Avx512Bf16, bool AmxBf16)
{
    /// <summary>The variable that names the most that may be used.</summary>
    public const string Variable = "COGVIDEOX_CPU";

    private const ulong AvxStates = 0x6, Avx512States = 0xE6;

    private static readonly string[] Levels = ["none", "avx2", "avx512", "avx512-bf16", "amx"];

    private static readonly Lazy<CpuFeatures> Here = new(Detect);

    /// <summary>
    /// Why this process has no machine code of our own, though the processor would run it; null where nothing is in the way.
    /// </summary>
    public static string? Problem { get; private set; }

    /// <summary>Of this processor and this process: nothing where the system lets nobody make code that runs.</summary>
    /// <exception cref="InvalidOperationException"><c>COGVIDEOX_CPU</c> names none of the levels.</exception>
    public static CpuFeatures Detected => Here.Value;

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

    private static CpuFeatures Detect()
    {
        bool isX64 = RuntimeInformation.ProcessArchitecture == Architecture.X64 && X86Base.IsSupported;
        CpuFeatures found = isX64 ? From(Ask()) : default;
        bool avx512 = found.Avx512 && Avx512F.IsSupported && Avx512BW.VL.IsSupported && Avx512DQ.VL.IsSupported;
        found = new CpuFeatures(
            found.Fma && Avx2.IsSupported && System.Runtime.Intrinsics.X86.Fma.IsSupported, avx512, found.Avx512Bf16 && avx512,
            found.AmxBf16 && avx512);
        found = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } level ? found.AtMost(level) : found;
        Problem = found == default ? null : ExecutableMemory.Problem();
        return Problem is null ? found : default;
    }

    private static CpuidAnswers Ask()
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
