using System.Text;

namespace CogVideoX.Emulator.Driver;

/// <summary>A format of printf, as C has it (C17 7.21.6.1); %n, wide characters and long double aren't the device's.</summary>
internal sealed class PrintFormat(string format, PrintArguments arguments)
{
    private static readonly (string Name, int Bytes)[] Sizes = [("hh", 1), ("h", 2), ("ll", 8), ("l", 8), ("z", 8), ("j", 8), ("t", 8)];

    private int at;

    /// <summary>The text; null if it has more characters than <paramref name="most"/>.</summary>
    public string? Apply(int most)
    {
        var text = new StringBuilder();
        while (at < format.Length && text.Length <= most)
        {
            char c = format[at++];
            if (c != '%')
                text.Append(c);
            else if (at < format.Length && format[at] == '%')
                text.Append(format[at++]);
            else
                text.Append(Print(Conversion()));
        }
        return text.Length <= most ? text.ToString() : null;
    }

    private PrintConversion Conversion()
    {
        int start = at - 1;
        var read = new PrintConversion();
        for (; at < format.Length && "-+ #0".Contains(format[at]); at++)
        {
            read = format[at] switch
            {
                '-' => read with { Left = true },
                '+' => read with { Plus = true },
                ' ' => read with { Space = true },
                '#' => read with { Alternate = true },
                _ => read with { Zero = true },
            };
        }
        if (Number() is { } width)
            read = read with { Left = read.Left || width < 0, Width = Checked(Math.Abs((long)width)) };
        if (at < format.Length && format[at] == '.')
        {
            at++;
            int precision = Number() ?? 0;
            if (precision >= 0)
                read = read with { Precision = Checked(precision) };   // a negative one counts as none
        }
        int bytes = Size();
        char kind = at < format.Length ? format[at++] : '\0';
        if (!"diuoxXcspaAeEfFgG".Contains(kind) || kind == '\0')
            throw arguments.Wrong($"{Printable.Quoted(format[start..at])} is no conversion of the device's");
        return read with { Bytes = bytes, Kind = kind };
    }

    private int Checked(long count) => count <= PrintConversion.MostField
        ? (int)count : throw arguments.Wrong($"a field of {count} characters; at most {PrintConversion.MostField} are supported");

    private int? Number()
    {
        if (at < format.Length && format[at] == '*')
        {
            at++;
            return arguments.NextInt32();
        }
        int start = at;
        while (at < format.Length && char.IsAsciiDigit(format[at]))
            at++;
        if (at == start)
            return null;
        return int.TryParse(format.AsSpan(start, at - start), out int number) ? number : int.MaxValue;
    }

    private int Size()
    {
        foreach ((string name, int bytes) in Sizes)
        {
            if (string.CompareOrdinal(format, at, name, 0, name.Length) != 0)
                continue;
            at += name.Length;
            return bytes;
        }
        return 4;
    }

    private string Print(PrintConversion one)
    {
        switch (one.Kind)
        {
            case 'c': return one.Pad("", ((char)(byte)arguments.Next(4)).ToString());
            case 's':
                ulong text = arguments.Next(8);
                return one.Pad("", text == 0 ? "(null)" : arguments.Text(text, one.Precision));
            case 'p':
                ulong pointer = arguments.Next(8);
                return one.Pad("", pointer == 0 ? "(nil)" : $"0x{pointer:x}");
            case 'd' or 'i' or 'u' or 'o' or 'x' or 'X': return PrintedInteger.Of(one, arguments.Next(Math.Max(one.Bytes, 4)));
            default: return PrintedFloat.Of(one, BitConverter.UInt64BitsToDouble(arguments.Next(8)));
        }
    }
}
