namespace CogVideoX.Tensors.Safetensors;

/// <summary>
/// The tensors of a file must fill its data without overlap, hole or rest: then no byte means two things, and none is hidden.
/// </summary>
internal static class SafetensorsLayout
{
    /// <param name="path">For messages.</param>
    /// <param name="entries">Tensors with 0 ≤ Begin ≤ End.</param>
    /// <param name="dataStart">Where the data begin in the file.</param>
    /// <param name="fileLength">Bytes of the file.</param>
    /// <exception cref="SafetensorsException">They don't fill the data.</exception>
    public static void Check(string path, List<SafetensorsEntry> entries, long dataStart, long fileLength)
    {
        CheckEnd(path, entries, dataStart, fileLength);
        var ordered = new List<SafetensorsEntry>(entries);
        ordered.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        for (int i = 0; i < ordered.Count; i++)
        {
            SafetensorsEntry entry = ordered[i];
            long expected = i == 0 ? 0 : ordered[i - 1].End;
            if (entry.Begin < expected)
            {
                throw new SafetensorsException(
                    $"{path}: tensor {Quoted.Name(entry.Name)} (from byte {entry.Begin}) overlaps {Quoted.Name(ordered[i - 1].Name)} (to "
                        + $"byte {expected}). Download the file again, or write it anew.");
            }
            if (entry.Begin > expected)
            {
                throw new SafetensorsException(
                    $"{path}: no tensor owns bytes {expected} to {entry.Begin} before {Quoted.Name(entry.Name)}; the format allows no "
                        + "holes. Download the file again, or write it anew.");
            }
        }
    }

    private static void CheckEnd(string path, List<SafetensorsEntry> entries, long dataStart, long fileLength)
    {
        long dataLength = fileLength - dataStart;
        SafetensorsEntry? last = entries.MaxBy(entry => entry.End);
        long end = last?.End ?? 0;
        if (last is not null && end > dataLength)
        {
            throw new SafetensorsException(
                $"{path}: the file is cut short: tensor {Quoted.Name(last.Name)} ends at byte {(Int128)dataStart + end} and only "
                    + $"{fileLength} bytes are there. Download it again, or write it anew.");
        }
        if (end < dataLength)
        {
            throw new SafetensorsException(
                $"{path}: {dataLength - end} bytes follow the last tensor: {dataStart + end} bytes were expected, {fileLength} "
                    + "are there. Download it again, or write it anew.");
        }
    }
}
