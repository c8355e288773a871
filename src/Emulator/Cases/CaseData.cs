namespace CogVideoX.Emulator.Cases;

/// <summary>What a case's data must hold: found out before anything runs.</summary>
internal static class CaseData
{
    public const string Before = "in.", After = "out.", Limits = "tol.";

    public static SafeTensorsFile Read(CaseFile file)
    {
        SafeTensorsFile data = SafeTensorsFile.Read(file.Data);
        foreach ((string buffer, double? tolerance) in file.Expected)
        {
            StoredTensor before = Find(file, data, Before + buffer), after = Find(file, data, After + buffer);
            if (before.Bytes.Length != after.Bytes.Length)
            {
                throw new CaseException(
                    file.Data,
                    $"{Printable.Quoted(After + buffer)} has {after.Bytes.Length} bytes, and the buffer has {before.Bytes.Length}");
            }
            if (tolerance is null && Find(file, data, Limits + buffer).Count != after.Count)
            {
                throw new CaseException(
                    file.Data, $"{Printable.Quoted(Limits + buffer)} must have as many elements as {Printable.Quoted(After + buffer)}");
            }
        }
        return data;
    }

    /// <summary>Each buffer as it is before the launch, to be changed.</summary>
    public static Dictionary<string, byte[]> Buffers(SafeTensorsFile data) => data.Tensors
        .Where(t => t.Key.StartsWith(Before, StringComparison.Ordinal))
        .ToDictionary(t => t.Key[Before.Length..], t => t.Value.Bytes.ToArray());

    private static StoredTensor Find(CaseFile file, SafeTensorsFile data, string tensor) =>
        data.Tensors.TryGetValue(tensor, out StoredTensor? found)
        ? found : throw new CaseException(file.Data, $"{Printable.Quoted(tensor)} is missing");
}
