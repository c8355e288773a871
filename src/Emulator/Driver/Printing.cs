namespace CogVideoX.Emulator.Driver;

/// <summary>vprintf: a format, and its arguments packed by their alignment.</summary>
internal static class Printing
{
    /// <summary>Prints, and returns how many arguments the format took; -1 without a format.</summary>
    public static int Print(LaneCall call, ulong format, ulong arguments)
    {
        if (format == 0)
            return -1;
        var values = new PrintArguments(call, arguments);
        var text = new PrintFormat(call.Text(format), values);
        PrintedText printed = call.Warp.Cta.Launch.Printed;
        printed.Add(text.Apply(PrintedText.MostBytes));
        return values.Count;
    }
}
