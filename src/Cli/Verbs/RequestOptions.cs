using System.CommandLine;
using CogVideoX.Pipelines;

namespace CogVideoX.Cli.Verbs;

/// <summary>The options of verbs that look at a run rather than at its video.</summary>
internal sealed class RequestOptions
{
    private readonly Option<int?> width = Number("--width", "PIXELS", "Of this width (default: the checkpoint's)");
    private readonly Option<int?> height = Number("--height", "PIXELS", "Of this height (default: the checkpoint's)");
    private readonly Option<int?> frames = Number("--frames", "N", "Of so many frames (default: the checkpoint's)");
    private readonly Option<int?> steps = Number("--steps", "N", "With so many steps (default: the checkpoint's)");
    private readonly Option<double?> guidance = new("--guidance-scale")
    {
        HelpName = "X",
        Description = "With this guidance; 1 turns it off and halves the work (default: the checkpoint's)",
        CustomParser = CommonOptions.Number,
    };
    private readonly Option<string?> tiling = CommonOptions.VaeTiling();

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { width, height, frames, steps, guidance, tiling })
            command.Add(option);
    }

    public static GenerationRequest Read(ParseResult parsed) =>
        (GenerationRequest)new GenerationRequest("a prompt").Or(SettingOptions.Read(parsed));

    private static Option<int?> Number(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description };
}
