using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Iced.Intel;

namespace CogVideoX.Kernels.MachineCode;

/// <summary>A micro-kernel for people: its name, and its code instruction by instruction.</summary>
/// <param name="Form">With the distances of an example: a product of <see cref="Depth"/> by <see cref="Outputs"/>.</param>
internal sealed record CodeListing(TileForm Form)
{
    private const int Depth = 1920, Outputs = 1920;
    private const int WideBytes = 64, NarrowBytes = 32;
    private const int BytesShown = 11; // of the longest instructions here

    private static readonly (string Word, TileArithmetic Arithmetic)[] Words =
    [
        ("fp32", TileArithmetic.Fp32), ("fp32-pairs", TileArithmetic.Fp32ByPairs), ("bf16", TileArithmetic.Bf16),
        ("bf16-fma", TileArithmetic.Bf16Widened), ("amx", TileArithmetic.Amx), ("amx-fma", TileArithmetic.AmxWidened),
    ];

    private readonly Lazy<byte[]> code = new(() =>
    {
        var written = new MemoryStream();
        TileCode.Write(Form).Assemble(new StreamCodeWriter(written), 0);
        return written.ToArray();
    });

    /// <summary>Those that products are made of, on whichever processor: tiles of every height.</summary>
    public static IEnumerable<CodeListing> All =>
        from tiles in new CpuTiles[]
        {
            new(TileArithmetic.Fp32, WideBytes, 8, 3), new(TileArithmetic.Fp32, NarrowBytes, 6, 2),
            new(TileArithmetic.Fp32ByPairs, WideBytes, 8, 3), new(TileArithmetic.Fp32ByPairs, NarrowBytes, 6, 2),
            new(TileArithmetic.Bf16, WideBytes, 14, 2),
            new(TileArithmetic.Bf16Widened, WideBytes, 14, 2), new(TileArithmetic.Bf16Widened, NarrowBytes, 6, 2),
            new(TileArithmetic.Amx, WideBytes, 32, 2),
            new(TileArithmetic.AmxWidened, WideBytes, 4, 2), new(TileArithmetic.AmxWidened, NarrowBytes, 2, 2),
        }
        from rows in Enumerable.Range(1, tiles.MostRows)
        select Of(tiles with { MostRows = rows });

    /// <summary>Such as <c>bf16:14x2@512</c>: arithmetic, rows, vectors of columns, bits of a vector.</summary>
    public string Name =>
        $"{Words.Single(word => word.Arithmetic == Form.Arithmetic).Word}:{Form.Rows}x{Form.Vectors}@{8 * Form.VectorBytes}";

    /// <summary>Bytes of its code.</summary>
    public int Bytes => code.Value.Length;

    /// <summary>The instruction that its products are.</summary>
    public string Product => Form.Arithmetic switch
    {
        TileArithmetic.Bf16 => "vdpbf16ps",
        TileArithmetic.Amx => "tdpbf16ps",
        _ => "vfmadd231ps",
    };

    /// <summary>The form of a name; without bits the widest vectors.</summary>
    /// <exception cref="FormatException">There is no such form; the message says what would be one.</exception>
    public static CodeListing Parse(string name)
    {
        Match match = Regex.Match(name, @"^([a-z0-9-]+):([1-9][0-9]?)x([1-9][0-9]?)(?:@(256|512))?\z");
        if (!match.Success || !Words.Any(word => word.Word == match.Groups[1].Value))
            throw new FormatException("is no form; write ARITHMETIC:ROWSxVECTORS@BITS, such as bf16:14x2, fp32:8x3 or bf16-fma:6x2@256");
        TileArithmetic arithmetic = Words.Single(word => word.Word == match.Groups[1].Value).Arithmetic;
        int bits = match.Groups[4].Success ? Number(4) : 8 * WideBytes, rows = Number(2), vectors = Number(3);
        if (arithmetic is TileArithmetic.Bf16 or TileArithmetic.Amx && bits != 8 * WideBytes)
            throw new FormatException("can't be: there are no vectors of pairs but of 512 bits; bf16-fma has them of 256, too");
        CodeListing listing = Of(new CpuTiles(arithmetic, bits / 8, rows, vectors));
        try
        {
            _ = listing.Bytes;
            return listing;
        }
        catch (ArgumentException exception)
        {
            throw new FormatException($"can't be: {exception.Message.Split(" (Parameter")[0].TrimEnd('.')}", exception);
        }

        int Number(int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
    }

    /// <summary>The code: what it is called with, then address, bytes and instruction of each line.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        text.Append(
            $"""
            ; {Name}: {Form.Rows} rows × {Form.Columns} columns, products by {Product}; {Bytes} bytes
            ; needs {Form.Needs}
            ; distances are those of [rows, {Depth}] · [{Depth}, {Outputs}]: {Form.RowBytes} bytes from row to row of the left factor,
            ; {Form.StepBytes} from step to step, {Form.ResultBytes} from row to row of the result
            ; the one argument points to {Arguments}

            """.ReplaceLineEndings("\n"));
        AppendCode(text);
        return text.ToString();
    }

    private static string Arguments => string.Join(", ", new[]
    {
        nameof(TileArguments.Left), nameof(TileArguments.Right), nameof(TileArguments.Result), nameof(TileArguments.Steps),
        nameof(TileArguments.Accumulate), nameof(TileArguments.Segments), nameof(TileArguments.Offsets),
    }.Select(name => $"{name} +{Marshal.OffsetOf<TileArguments>(name)}"));

    private void AppendCode(StringBuilder text)
    {
        var decoder = Iced.Intel.Decoder.Create(64, code.Value);
        var formatter = new NasmFormatter { Options = { BranchLeadingZeros = false, ShowBranchSize = false } };
        var output = new StringOutput();
        while (decoder.IP < (ulong)Bytes)
        {
            decoder.Decode(out Instruction instruction);
            formatter.Format(instruction, output);
            string bytes = Convert.ToHexStringLower(code.Value.AsSpan((int)instruction.IP, instruction.Length));
            text.Append($"{instruction.IP:x4}  {bytes.PadRight(2 * BytesShown)}  {output.ToStringAndReset()}\n");
        }
    }

    // In fp32 the left factor is as its rows lie; else it is made for tiles.
    private static CodeListing Of(CpuTiles tiles) => new(tiles.Form(
        tiles.MostRows, tiles.IsRounded ? tiles.RowBytes(Depth) : Depth * sizeof(float), Outputs * sizeof(float)));
}
