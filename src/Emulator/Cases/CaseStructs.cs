namespace CogVideoX.Emulator.Cases;

/// <summary>A struct by value among a case's params: {"bytes": "HEX", "pointers": [{"offset": 8, "buffer": "a"}]}.</summary>
internal static class CaseStructs
{
    private const int MostBytes = 1 << 16;   // no kernel has as many

    public static LaunchArgument Parse(CaseNode parameter)
    {
        parameter.RequireOnly("bytes", "pointers");
        CaseNode hex = parameter.Get("bytes");
        byte[] bytes = Bytes(hex);
        if (bytes.Length is 0 or > MostBytes)
            throw hex.Wrong($"have 1 to {MostBytes} bytes, not {bytes.Length}");
        return new LaunchArgument.Struct(bytes, parameter.Find("pointers") is { } pointers ? Pointers(pointers, bytes.Length) : []);
    }

    private static byte[] Bytes(CaseNode hex)
    {
        try
        {
            return Convert.FromHexString(hex.Text());
        }
        catch (FormatException)
        {
            throw hex.Wrong("be hexadecimal digits, two a byte");
        }
    }

    private static List<StructPointer> Pointers(CaseNode pointers, int bytes)
    {
        var all = new List<StructPointer>();
        foreach (CaseNode pointer in pointers.Items())
        {
            pointer.RequireOnly("offset", "buffer");
            CaseNode offset = pointer.Get("offset");
            int at = offset.Int32();
            if (at < 0 || at % sizeof(ulong) != 0 || at > bytes - sizeof(ulong))
                throw offset.Wrong($"be a multiple of 8 with 8 bytes after it inside the {bytes}, not {at}");
            if (all.Exists(p => p.Offset == at))
                throw offset.Wrong($"be another pointer's than {at}: two stand there");
            all.Add(new StructPointer(at, pointer.Get("buffer").Text()));
        }
        return all;
    }
}
