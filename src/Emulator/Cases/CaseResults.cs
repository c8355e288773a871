namespace CogVideoX.Emulator.Cases;

/// <summary>Compares what a launch left in its buffers with what it should have.</summary>
internal static class CaseResults
{
    /// <summary>The first difference in words, or null.</summary>
    public static string? Compare(CaseFile file, SafeTensorsFile data, Dictionary<string, byte[]> buffers)
    {
        foreach ((string name, double? tolerance) in file.Expected)
        {
            StoredTensor? limits = tolerance is null ? data.Tensors[CaseData.Limits + name] : null;
            if (One(Printable.Name(name), data.Tensors[CaseData.After + name], buffers[name], tolerance ?? 0, limits) is { } difference)
                return difference;
        }
        return null;
    }

    private static string? One(string name, StoredTensor wanted, byte[] found, double tolerance, StoredTensor? limits)
    {
        int size = wanted.ElementBytes, differ = 0;
        string? first = null;
        for (int i = 0; i < wanted.Count; i++)
        {
            double limit = limits?.At(i) ?? tolerance, x = wanted.Value(found, i), y = wanted.At(i);
            bool same = found.AsSpan(i * size, size).SequenceEqual(wanted.Bytes.Span.Slice(i * size, size));
            if (same || (limit > 0 && (Math.Abs(x - y) <= limit || (double.IsNaN(x) && double.IsNaN(y)))))
                continue;
            differ++;
            first ??= $"{name}[{i}] is {x:R}, expected {y:R}, tolerance {limit:R}";
        }
        return differ == 0 ? null : $"{differ} of {wanted.Count} elements differ; {first}";
    }
}
