using System.Globalization;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Ptx;

/// <summary>Names of registers, numbered within their class as they are first met, and constants that need one.</summary>
internal sealed class Registers(RegisterSharing sharing, FoldedInstructions folded)
{
    private static readonly RegisterClass[] Classes = Enum.GetValues<RegisterClass>();

    private readonly int[] counts = new int[Classes.Length];
    private readonly Dictionary<Value, string> names = [];
    private readonly Dictionary<(RegisterClass, ulong), string> constants = [];

    /// <summary>Constants in registers, to be set where the kernel begins.</summary>
    public List<(string Register, RegisterClass Class, string Text)> Constants { get; } = [];

    public string Fresh(RegisterClass kind) => string.Create(CultureInfo.InvariantCulture, $"{PtxTypes.Prefix(kind)}{++counts[(int)kind]}");

    /// <summary>The register of a value; a constant gets one of its own.</summary>
    public string Of(Value value)
    {
        value = folded.Resolve(value);
        if (value is Constant constant)
            return OfConstant(constant);
        value = sharing.Representative(value);
        if (!names.TryGetValue(value, out string? name))
            names.Add(value, name = Fresh(PtxTypes.ClassOf(value.Type)));
        return name;
    }

    /// <summary>A register, or the number where PTX takes one.</summary>
    public string OrNumber(Value value) =>
        folded.Resolve(value) is Constant { Type: not (IrType.Pred or IrType.B16) } constant ? Number(constant) : Of(value);

    public static string Number(Constant constant) => constant.Type switch
    {
        IrType.F32 => string.Create(CultureInfo.InvariantCulture, $"0f{constant.Bits:X8}"),
        IrType.F64 => string.Create(CultureInfo.InvariantCulture, $"0d{constant.Bits:X16}"),
        IrType.I32 or IrType.I64 => constant.Signed.ToString(CultureInfo.InvariantCulture),
        _ => constant.Bits.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>.reg of each class in use.</summary>
    public IEnumerable<string> Declarations()
    {
        foreach (RegisterClass kind in Classes)
        {
            if (counts[(int)kind] is > 0 and var count)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture, $".reg .{PtxTypes.Word(kind)} {PtxTypes.Prefix(kind)}<{count + 1}>;");
            }
        }
    }

    private string OfConstant(Constant constant)
    {
        RegisterClass kind = PtxTypes.ClassOf(constant.Type);
        if (constants.TryGetValue((kind, constant.Bits), out string? known))
            return known;
        string made = Fresh(kind);
        constants.Add((kind, constant.Bits), made);
        Constants.Add((made, kind, Number(constant)));
        return made;
    }
}
