namespace CogVideoX.Emulator.Syntax;

/// <summary>Operators of constant expressions with two operands (PTX ISA 4.5.6, table of evaluation rules).</summary>
internal static class ConstantArithmetic
{
    public static Constant Do(string name, Constant a, Constant b, int line)
    {
        if (a.IsReal || b.IsReal)
            return OfReals(name, a, b, line);
        bool unsigned = a.Type == ConstantType.Unsigned || b.Type == ConstantType.Unsigned;
        switch (name)
        {
            case "||": return Constant.Of(a.Bits != 0 || b.Bits != 0);
            case "&&": return Constant.Of(a.Bits != 0 && b.Bits != 0);
            case "|": return Constant.Of(a.Bits | b.Bits);
            case "^": return Constant.Of(a.Bits ^ b.Bits);
            case "&": return Constant.Of(a.Bits & b.Bits);
            case "<<" or ">>": return a with { Bits = Shift(name == "<<", a, b.Bits) };
            case "%": return Constant.Of((long)(b.Bits == 0 ? throw Zero(line) : a.Bits % b.Bits));
            case "/" when b.Bits == 0: throw Zero(line);
        }
        if (Compares(name, unsigned ? a.Bits.CompareTo(b.Bits)
            : ((long)a.Bits).CompareTo((long)b.Bits)) is { } holds)
        {
            return Constant.Of(holds);
        }
        ulong result = name switch
        {
            "+" => a.Bits + b.Bits,
            "-" => a.Bits - b.Bits,
            "*" => a.Bits * b.Bits,
            _ when unsigned => a.Bits / b.Bits,
            _ => b.Bits == ulong.MaxValue ? 0 - a.Bits : (ulong)((long)a.Bits / (long)b.Bits),
        };
        return new Constant(unsigned ? ConstantType.Unsigned : ConstantType.Signed, result);
    }

    private static ulong Shift(bool left, Constant a, ulong by)
    {
        if (!left && a.Type == ConstantType.Signed)
            return (ulong)((long)a.Bits >> (int)Math.Min(by, 63));
        return by > 63 ? 0 : left ? a.Bits << (int)by : a.Bits >> (int)by;
    }

    private static Constant OfReals(string name, Constant a, Constant b, int line)
    {
        if (!a.IsReal || !b.IsReal)
            throw new PtxException(line, $"'{name}' mixes an integer and a real number");
        if (a.Single || b.Single)
        {
            throw new PtxException(line,
            "a number written with 0f can't stand in an expression; write it with 0d or a point");
        }
        double x = a.Real, y = b.Real;
        double? result = name switch { "+" => x + y, "-" => x - y, "*" => x * y, "/" => x / y, _ => null };
        if (result is { } value)
            return Constant.Of(value);
        if (name is "<" or ">" or "<=" or ">=" or "==" or "!=")
        {
            return Constant.Of(name switch
            {
                "<" => x < y,
                ">" => x > y,
                "<=" => x <= y,
                ">=" => x >= y,
                "==" => x == y,
                _ => x != y,
            });
        }
        throw new PtxException(line, $"'{name}' takes integers");
    }

    private static bool? Compares(string name, int order) => name switch
    {
        "<" => order < 0,
        ">" => order > 0,
        "<=" => order <= 0,
        ">=" => order >= 0,
        "==" => order == 0,
        "!=" => order != 0,
        _ => null,
    };

    private static PtxException Zero(int line) => new(line, "a constant expression divides by zero");
}
