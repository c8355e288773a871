using CogVideoX.Judge;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

if (args.Length == 0 || args[0] is "-h" or "--help")
{
    Console.Error.WriteLine(
        "Says what videos of the bundled model (models/shapes) show: colour, shape, motion, background.\n"
        + "Usage: eng/judge VIDEO_OR_FOLDER_OF_PNG…");
    return args.Length == 0 ? 2 : 0;
}
int exitCode = 0;
foreach (string path in args)
{
    try
    {
        using var reader = VideoReader.Open(path);
        Clip clip = new(reader.Probe.Height, reader.Probe.Width);
        var frame = new float[reader.FrameLength];
        while (reader.Read(frame))
            clip.Add(frame);
        Console.WriteLine($"{path}: {ClipJudge.Read(clip)}");
    }
    catch (CogVideoXException exception)
    {
        Console.Error.WriteLine(exception.Message);
        exitCode = 1;
    }
}
return exitCode;
