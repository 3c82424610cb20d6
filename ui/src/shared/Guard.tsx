/** Keeps a fault of one part of the screen inside that part, and says so. */
import { Component, type ReactNode } from "react";
import { Button, EmptyState } from "./components";
import { t } from "./i18n";

interface Props {
  children: ReactNode;
}

export class Guard extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <EmptyState icon="warn" failed title={t("guard.title")} action={<Button onClick={() => this.setState({ failed: false })}>{t("again")}</Button>}>
        {t("guard.say")}
      </EmptyState>
    );
  }
}
