namespace CogVideoX.Emulator.Driver;

/// <summary>%d %i %u %o %x %X.</summary>
internal static class PrintedInteger
{
    public static string Of(PrintConversion one, ulong bits)
    {
        int unused = 64 - 8 * one.Bytes;
        bool isSigned = one.Kind is 'd' or 'i';
        long signed = (long)(bits << unused) >> unused;
        ulong value = isSigned ? (ulong)(signed < 0 ? -signed : signed) : bits << unused >> unused;
        string digits = one.Kind switch
        {
            'o' => Convert.ToString((long)value, 8),
            'x' => $"{value:x}",
            'X' => $"{value:X}",
            _ => $"{value}",
        };
        if (value == 0 && one.Precision == 0)
            digits = "";
        digits = digits.PadLeft(one.Precision ?? 1, '0');
        if (one.Kind == 'o' && one.Alternate && !digits.StartsWith('0'))
            digits = "0" + digits;
        string prefix = isSigned ? one.Sign(signed < 0) : one.Alternate && value != 0 && one.Kind is 'x' or 'X' ? $"0{one.Kind}" : "";
        return one.Pad(prefix, digits, one.Zero && one.Precision is null);
    }
}
