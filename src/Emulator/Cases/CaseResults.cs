namespace CogVideoX.Emulator.Cases;

/// <summary>Compares what a launch left in its buffers with what it should have.</summary>
internal static class CaseResults
{
    /// <summary>The first difference in words, or null.</summary>
    public static string? Compare(CaseFile file, SafeTensorsFile data, Dictionary<string, byte[]> buffers)
    {
        foreach ((string name, double? tolerance) in file.Expected)
        {
            if (!data.Tensors.TryGetValue("out." + name, out StoredTensor? wanted)) throw new InvalidDataException($"out.{name} is missing");
            StoredTensor? limits = tolerance is null ? data.Tensors["tol." + name] : null;
            if (One(name, wanted, buffers[name], tolerance ?? 0, limits) is { } difference) return difference;
        }
        return null;
    }

    private static string? One(string name, StoredTensor wanted, byte[] found, double tolerance, StoredTensor? limits)
    {
        if (found.Length != wanted.Bytes.Length) return $"{name} has {found.Length} bytes, expected {wanted.Bytes.Length}";
        int size = wanted.ElementBytes, differ = 0;
        string? first = null;
        for (int i = 0; i < wanted.Count; i++)
        {
            double limit = limits?.At(i) ?? tolerance, x = wanted.Value(found, i), y = wanted.At(i);
            bool same = found.AsSpan(i * size, size).SequenceEqual(wanted.Bytes.AsSpan(i * size, size));
            if (same || (limit > 0 && (Math.Abs(x - y) <= limit || (double.IsNaN(x) && double.IsNaN(y))))) continue;
            differ++;
            first ??= $"{name}[{i}] is {x:R}, expected {y:R}, tolerance {limit:R}";
        }
        return differ == 0 ? null : $"{differ} of {wanted.Count} elements differ; {first}";
    }
}
